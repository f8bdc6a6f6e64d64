import {join, resolve} from 'node:path';
import {exitCodes, type ExitCode} from '../platform/failure';
import {exportRun, type ExportForm} from '../runs/export/exportRun';
import {openRun} from '../runs/runReader';
import {resolveRun} from '../runs/runStore';
import {storeOf} from './sessionOptions';

/** `singscope export`; prints the folder that it wrote. */
export async function exportOne(reference: string, options: {to: ExportForm; out?: string; store?: string}): Promise<ExitCode> {
  const run = openRun(resolveRun(storeOf(options), reference));
  const dir = options.out === undefined ? join(run.dir, 'export', options.to) : resolve(options.out);
  await exportRun(run, options.to, dir);
  process.stdout.write(`${dir}\n`);
  return exitCodes.fine;
}

import {spawn} from 'node:child_process';
import {join, resolve} from 'node:path';
import {exitCodes, type ExitCode} from '../platform/failure';
import {writeReport} from '../runs/report/writeReport';
import {openRun} from '../runs/runReader';
import {listTrialIds, resolveRun, resolveTrial} from '../runs/runStore';
import {readTrial} from '../runs/trial';
import {summarizeTrial} from '../session/trialSummary';
import {storeOf} from './sessionOptions';
import {writeTrialReport} from '../session/trialReport';

/** `singscope report` */
export async function reportOn(reference: string, options: {store?: string; out?: string; open?: 'yes' | 'no'}): Promise<ExitCode> {
  const store = storeOf(options);
  const out = options.out === undefined ? undefined : resolve(options.out);
  const path = meansTrial(store, reference) ? await onTrial(store, reference, out) : await onRun(store, reference, out);
  process.stdout.write(`${path}\n`);
  if (options.open === 'yes' || (options.open === undefined && process.stdout.isTTY && hasDesktop())) openFile(path);
  return exitCodes.fine;
}

function onRun(store: string, reference: string, out: string | undefined): Promise<string> {
  const dir = resolveRun(store, reference);
  return Promise.resolve(writeReport({runs: [openRun(dir)], trial: null, out: out ?? join(dir, 'report.html')}));
}

async function onTrial(store: string, reference: string, out: string | undefined): Promise<string> {
  const trial = readTrial(resolveTrial(store, reference));
  return await writeTrialReport(store, trial, summarizeTrial(store, trial), out);
}

function meansTrial(store: string, reference: string): boolean {
  return reference.startsWith('trial') || listTrialIds(store).some((id) => id === reference || id.startsWith(reference));
}

function hasDesktop(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/** The path is printed anyway: a desktop without an opener is no error. */
function openFile(path: string): void {
  const [file, ...args] = process.platform === 'darwin' ? ['open', path] : process.platform === 'win32' ? ['explorer.exe', path] : ['xdg-open', path];
  const child = spawn(file as string, args, {detached: true, stdio: 'ignore'});
  child.on('error', () => undefined);
  child.unref();
}

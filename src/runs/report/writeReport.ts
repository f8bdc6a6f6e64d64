import {existsSync} from 'node:fs';
import {mkdir, readFile} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import type {TrialSummary} from '../../protocol/runSummary';
import {writeFileAtomic} from '../../platform/atomicFile';
import {RunError} from '../runError';
import type {RunReader} from '../runReader';
import {reportFigures} from './reportFigures';
import {reportPage, type PageAssets} from './reportPage';
import {reportView} from './reportView';

export interface ReportRequest {
  /** Runs to show, refreshed by the caller: one, or those of the trial. */
  runs: RunReader[];
  trial: TrialSummary | null;
  /** File to write. */
  out: string;
}

/**
 * Writes the report of a run or a trial as one HTML file that needs nothing else.
 * @returns the path of the file
 * @throws RunError where there is nothing to show, the page's parts are not built, or the file can't be written
 */
export async function writeReport({runs, trial, out}: ReportRequest): Promise<string> {
  const view = reportView(runs, trial);
  if (view.arms.every((arm) => arm.runs.length === 0)) throw new RunError('report', 'there is no run to report on; `singscope runs list` shows the runs');
  const assets = await readAssets();
  const page = reportPage(view, reportFigures(view), assets);
  const path = resolve(out);
  try {
    await mkdir(dirname(path), {recursive: true});
    writeFileAtomic(path, page);
  } catch (error) {
    throw new RunError('report', `can't write the report to ${path} (${(error as NodeJS.ErrnoException).code ?? String(error)}); choose another place`);
  }
  return path;
}

async function readAssets(): Promise<PageAssets> {
  const folder = join(packageRoot(), 'dist', 'webview');
  try {
    const [script, style] = await Promise.all(['report.js', 'report.css'].map((name) => readFile(join(folder, name), 'utf8')));
    return {script: script ?? '', style: style ?? ''};
  } catch {
    throw new RunError('report', `the report's page is not built (nothing in ${folder}); build it with \`npm run build\``);
  }
}

/** This code runs from dist/ as from its sources: the package is the nearest folder with its package.json. */
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import type {TrialSummary} from '../../protocol/runSummary';
import {writeFileAtomic} from '../atomicFile';
import {RunError} from '../runError';
import type {RunReader} from '../runReader';
import {reportFigures} from './reportFigures';
import {reportPage, type PageAssets} from './reportPage';
import {reportView} from './reportView';

export interface ReportRequest {
  /** Runs to show, refreshed by the caller: one, or those of the trial. */
  runs: RunReader[];
  trial?: TrialSummary;
  /** File to write; `report.html` in the folder of the run or trial where it is not given. */
  out?: string;
}

/**
 * Writes the report of a run or a trial as one HTML file that needs nothing else.
 * @returns the path of the file
 * @throws RunError where there is nothing to show, the page's parts are not built, or the file can't be written
 */
export function writeReport({runs, trial, out}: ReportRequest): string {
  const [first] = runs;
  if (!first) throw new RunError('report', 'there is no run to report on; `singscope runs list` shows the runs');
  const path = resolve(out ?? join(trial ? join(first.store, 'trials', trial.trial) : first.dir, 'report.html'));
  const view = reportView(runs, trial ?? null);
  const page = reportPage(view, reportFigures(view), readAssets());
  try {
    mkdirSync(dirname(path), {recursive: true});
    writeFileAtomic(path, page);
  } catch (error) {
    throw new RunError('report', `can't write the report to ${path} (${(error as NodeJS.ErrnoException).code ?? String(error)}); choose another place`);
  }
  return path;
}

function readAssets(): PageAssets {
  const folder = join(packageRoot(), 'dist', 'webview');
  try {
    return {script: readFileSync(join(folder, 'report.js'), 'utf8'), style: readFileSync(join(folder, 'report.css'), 'utf8')};
  } catch {
    throw new RunError('report', `the report's page is not built (no ${folder}); build it with \`npm run build\``);
  }
}

/** This code runs from dist/ as from its sources: the package is the nearest folder with its package.json. */
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

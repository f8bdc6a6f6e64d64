import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {env, l10n, ProgressLocation, UIKind, Uri, ViewColumn, window} from 'vscode';
import {views, type RunArgument, type TrialArgument} from '../contributions';
import {scriptName} from './texts';

/**
 * Opens the report of a run or trial, written anew while there may be more to say: in the browser, or, where VS Code
 * runs on another machine than its window, in an editor.
 */
export async function openReport(subject: RunArgument | TrialArgument): Promise<void> {
  const title = l10n.t('Writing report');
  const {path, name} = await window.withProgress({location: ProgressLocation.Window, title}, async () => await ('trial' in subject ? trialReport(subject) : runReport(subject)));
  if (env.remoteName === undefined && env.uiKind === UIKind.Desktop && await env.openExternal(Uri.file(path))) return;
  const panel = window.createWebviewPanel(views.report, l10n.t('Report: {0}', name), ViewColumn.Active, {enableScripts: true, localResourceRoots: [], enableFindWidget: true});
  // The page brings its own policy: nothing in it may be fetched or run but its own script, by its hash.
  panel.webview.html = await readFile(path, 'utf8');
}

/** The report of a trial or run; null where there is none yet. */
export async function reportPath(subject: RunArgument | TrialArgument): Promise<string | null> {
  const {runDir, trialDir} = await import('../runs/runStore');
  const path = join('trial' in subject ? trialDir(subject.store, subject.trial) : runDir(subject.store, subject.run), 'report.html');
  return existsSync(path) ? path : null;
}

async function runReport({store, run}: RunArgument): Promise<{path: string; name: string}> {
  const [{openRun}, {runDir}, {writeReport}] = await Promise.all([import('../runs/runReader'), import('../runs/runStore'), import('../runs/report/writeReport')]);
  const dir = runDir(store, run);
  const reader = openRun(dir);
  return {path: await writeReport({runs: [reader], trial: null, out: join(dir, 'report.html')}), name: scriptName(reader.launch.script)};
}

async function trialReport({store, trial}: TrialArgument): Promise<{path: string; name: string}> {
  const [{readTrial}, {trialDir}, {armRuns, summarizeTrial}, {writeReport}] = await Promise.all([
    import('../runs/trial'), import('../runs/runStore'), import('../session/trialSummary'), import('../runs/report/writeReport'),
  ]);
  const file = readTrial(trialDir(store, trial));
  const runs = file.arms.flatMap(({name}) => armRuns(store, file, name).map(({reader}) => reader));
  const path = await writeReport({runs, trial: summarizeTrial(store, file), out: join(trialDir(store, trial), 'report.html')});
  return {path, name: scriptName(file.script)};
}

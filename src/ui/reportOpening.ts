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

async function runReport({store, run}: RunArgument): Promise<{path: string; name: string}> {
  const [{openRun}, {runDir}, {writeReport}] = await Promise.all([import('../runs/runReader'), import('../runs/runStore'), import('../runs/report/writeReport')]);
  const dir = runDir(store, run);
  const reader = openRun(dir);
  return {path: await writeReport({runs: [reader], trial: null, out: join(dir, 'report.html')}), name: scriptName(reader.launch.script)};
}

async function trialReport({store, trial}: TrialArgument): Promise<{path: string; name: string}> {
  const [{readTrial}, {trialDir}, {summarizeTrial}, {writeTrialReport}] = await Promise.all([
    import('../runs/trial'), import('../runs/runStore'), import('../session/trialSummary'), import('../session/trialReport'),
  ]);
  const file = readTrial(trialDir(store, trial));
  return {path: await writeTrialReport(store, file, summarizeTrial(store, file)), name: scriptName(file.script)};
}

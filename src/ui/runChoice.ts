import {l10n, window, type QuickPickItem} from 'vscode';
import type {LiveRun, LiveRuns} from './liveRuns';
import type {LiveTrial, LiveTrials} from './liveTrials';
import {UserProblem} from './messages';
import type {RunIndex, RunRecord} from './runIndex';
import {descriptionOf} from './runTexts';
import {countText, scriptName, stepText, timeText} from './texts';

const MOST = 200;

interface RunItem extends QuickPickItem {
  record: RunRecord;
}

/** Lets the user choose one run, the newest first; null where they thought better of it. @throws UserProblem where there is none */
export async function pickRun(index: RunIndex, placeHolder: string): Promise<RunRecord | null> {
  const items = await itemsOf(index);
  const picked = items.length === 1 ? items[0] : await window.showQuickPick(items, {placeHolder, matchOnDescription: true, matchOnDetail: true});
  return picked?.record ?? null;
}

/** Lets the user choose two runs to compare; null where they thought better of it. */
export async function pickPair(index: RunIndex, first: RunRecord | null): Promise<[RunRecord, RunRecord] | null> {
  const items = (await itemsOf(index)).filter(({record}) => record.run !== first?.run);
  const placeHolder = first === null ? l10n.t('First run to compare') : l10n.t('Run to compare {0} with', first.run);
  const picked = await window.showQuickPick(items, {placeHolder, matchOnDescription: true, matchOnDetail: true});
  if (picked === undefined) return null;
  return first === null ? await pickPair(index, picked.record) : [first, picked.record];
}

/** The runs that go on: the only one without a question. @throws UserProblem where none goes on */
export async function pickLive(live: LiveRuns, placeHolder: string): Promise<LiveRun[]> {
  const runs = live.all;
  if (runs.length === 0) throw new UserProblem(l10n.t('No run goes on.'));
  if (runs.length === 1) return runs;
  const items = runs.map((run) => ({label: scriptName(run.launch.script), description: stepText(run.state.step, run.state.total), detail: armText(run) ?? undefined, run})).reverse();
  const picked = await window.showQuickPick(items, {placeHolder});
  return picked === undefined ? [] : [picked.run];
}

/** What can be stopped: trials, and runs outside of these. The only one without a question. @throws UserProblem where nothing goes on */
export async function pickStoppable(live: LiveRuns, trials: LiveTrials): Promise<(LiveRun | LiveTrial)[]> {
  const runs = live.all.filter(({store, launch}) => trials.find(store, launch.trial) === null);
  const all = [
    ...trials.all.map((trial) => ({label: scriptName(trial.overview.trial.script), description: l10n.t('comparison, {0} of {1} runs', countText(trial.overview.done), countText(trial.overview.jobs)), item: trial})),
    ...runs.map((run) => ({label: scriptName(run.launch.script), description: stepText(run.state.step, run.state.total), item: run})),
  ];
  if (all.length === 0) throw new UserProblem(l10n.t('No run goes on.'));
  if (all.length === 1) return all.map(({item}) => item);
  return (await window.showQuickPick(all, {placeHolder: l10n.t('Runs to stop'), canPickMany: true}))?.map(({item}) => item) ?? [];
}

function armText({launch}: LiveRun): string | null {
  return launch.arm === null ? null : l10n.t('SING {0}, seed {1}', launch.arm, String(launch.seed ?? '–'));
}

async function itemsOf(index: RunIndex): Promise<RunItem[]> {
  const {records} = await index.newest(MOST);
  if (records.length === 0) throw new UserProblem(l10n.t('There is no run yet: start one from a training script.'));
  const now = Date.now();
  return records.map((record) => ({
    label: `${scriptName(record.launch.script)} · ${timeText(record.launch.created, now)}`,
    description: descriptionOf(record, now),
    detail: record.run,
    record,
  }));
}

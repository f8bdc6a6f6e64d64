import {l10n} from 'vscode';
import type {RunArgument, TrialArgument} from '../contributions';
import {messageOf} from '../platform/failure';
import {engineText} from './engineWords';
import {showInformation, UserProblem} from './messages';
import type {RunIndex} from './runIndex';
import {countText} from './texts';

/** What was deleted can be put back by hand for a week, from the store's `bin`. */
const KEPT_MS = 7 * 86_400_000;
/** Child processes are looked for among so many of the newest runs. */
const LOOKED_AT = 1000;

/**
 * Deletes runs, with those of their child processes, and trials, with all of theirs, and offers to put them back.
 * What goes on stays.
 * @throws UserProblem where nothing could be deleted
 */
export async function deleteRuns(index: RunIndex, runs: readonly RunArgument[], trials: readonly TrialArgument[]): Promise<void> {
  const {discardRun, discardTrial, emptyBin, restoreRun, restoreTrial} = await import('../runs/runBin');
  const undo: (() => void)[] = [];
  const refusals: string[] = [];
  const attempt = (discard: () => void, restore: () => void): void => {
    try {
      discard();
      undo.push(restore);
    } catch (error) {
      refusals.push(engineText(messageOf(error)));
    }
  };
  const ofTrials = (await index.newest(LOOKED_AT)).records.filter(({store, launch}) => trials.some((trial) => trial.store === store && trial.trial === launch.trial));
  for (const {store, trial} of trials) attempt(() => discardTrial(store, trial), () => restoreTrial(store, trial));
  for (const {store, run} of await withChildren(index, runs)) {
    // A run that is selected along with its trial is gone with it.
    if (ofTrials.some((record) => record.store === store && record.run === run)) continue;
    attempt(() => discardRun(store, run), () => restoreRun(store, run));
  }
  for (const store of new Set([...runs, ...trials].map((item) => item.store))) emptyBin(store, KEPT_MS);
  index.refresh();
  if (undo.length === 0) throw new UserProblem(l10n.t('Nothing was deleted: {0}', refusals[0] ?? l10n.t('it is gone already')));
  const deleted = undo.length === 1 ? l10n.t('1 item was deleted.') : l10n.t('{0} items were deleted.', countText(undo.length));
  const kept = refusals.length === 0 ? '' : ` ${l10n.t('{0} stayed, because they go on.', countText(refusals.length))}`;
  showInformation(`${deleted}${kept}`, [{
    label: l10n.t('Undo'),
    run: () => {
      for (const restore of undo) restore();
      index.refresh();
    },
  }]);
}

async function withChildren(index: RunIndex, runs: readonly RunArgument[]): Promise<RunArgument[]> {
  if (runs.length === 0) return [];
  const {records} = await index.newest(LOOKED_AT);
  const all = new Map(runs.map(({store, run}) => [`${store}\0${run}`, {store, run}]));
  // A parent is older than its children: one pass from the oldest on finds them all.
  for (const {store, run, launch} of [...records].reverse()) {
    if (launch.parent !== null && all.has(`${store}\0${launch.parent}`)) all.set(`${store}\0${run}`, {store, run});
  }
  return [...all.values()];
}

import {l10n, ProgressLocation, window} from 'vscode';
import type {RunArgument} from '../contributions';
import {requireTrust, showInformation, UserProblem} from './messages';
import type {LiveRun, LiveRuns} from './liveRuns';
import {pickLive} from './runChoice';
import {countText, scriptName, stepText} from './texts';

/**
 * Ends a run: asks, after ten seconds SIGTERM, after five more SIGKILL. Cancelling the progress skips
 * the wait that is going on. Asks which where several go on.
 * @throws UserProblem where none does
 */
export async function stopRuns(live: LiveRuns, wanted: readonly RunArgument[]): Promise<void> {
  // The process of a run is named in a file of the workspace: whoever wrote it must be trusted.
  requireTrust();
  const runs = wanted.length > 0 ? wanted.flatMap((run) => live.find(run) ?? []) : await pickLive(live, l10n.t('Run to stop'));
  if (wanted.length > 0 && runs.length === 0) throw new UserProblem(l10n.t('This run is over already.'));
  await Promise.all(runs.map((run) => stopRun(run, live)));
}

async function stopRun(run: LiveRun, live: LiveRuns): Promise<void> {
  const [{noteStop, stopOf}, {openRun}, {runDir}] = await Promise.all([import('../session/liveRun'), import('../runs/runReader'), import('../runs/runStore')]);
  const title = l10n.t('Stopping {0}', scriptName(run.launch.script));
  await window.withProgress({location: ProgressLocation.Notification, title, cancellable: true}, async (progress, token) => {
    const reader = run.stop === null ? openRun(runDir(run.store, run.run)) : null;
    const stop = run.stop ?? (reader === null ? null : stopOf(reader));
    if (stop === null) return;
    progress.report({message: l10n.t('waiting for its own end; cancel: do not wait')});
    token.onCancellationRequested(() => {
      progress.report({message: l10n.t('not waiting any longer …')});
      stop.press();
    });
    stop.press();
    await stop.settled();
    if (reader !== null) await noteStop(reader);
    await untilOver(run, live);
  });
  showInformation(l10n.t('{0} was stopped at {1}; what was recorded so far is kept.', scriptName(run.launch.script), stepText(run.state.step, null)));
}

/** Its end is on disk a moment after its process is gone. */
async function untilOver(run: LiveRun, live: LiveRuns): Promise<void> {
  if (run.status !== 'running') return;
  await new Promise<void>((resolve) => {
    const subscription = live.onDidEnd((ended) => {
      if (ended !== run) return;
      subscription.dispose();
      resolve();
    });
  });
}

/** `3 runs`, for messages. */
export function runsText(count: number): string {
  return count === 1 ? l10n.t('1 run') : l10n.t('{0} runs', countText(count));
}

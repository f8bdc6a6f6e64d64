import {l10n, ProgressLocation, window} from 'vscode';
import type {RunArgument, TrialArgument} from '../contributions';
import {requireTrust, UserProblem} from './messages';
import type {LiveRun, LiveRuns} from './liveRuns';
import type {LiveTrial, LiveTrials} from './liveTrials';
import {pickStoppable} from './runChoice';
import {scriptName} from './texts';

/**
 * Ends runs and trials: asks, after ten seconds SIGTERM, after five more SIGKILL. Cancelling the progress skips
 * the wait that is going on. Asks which where none is named and several go on.
 * @throws UserProblem where none does
 */
export async function stop(live: LiveRuns, trials: LiveTrials, runs: readonly RunArgument[], ofTrials: readonly TrialArgument[]): Promise<void> {
  // The process of a run is named in a file of the workspace: whoever wrote it must be trusted.
  requireTrust();
  const named = runs.length + ofTrials.length > 0;
  const wanted: (LiveRun | LiveTrial)[] = named
    ? [...runs.flatMap((run) => live.find(run) ?? []), ...ofTrials.flatMap(({store, trial}) => trials.find(store, trial) ?? [])]
    : await pickStoppable(live, trials);
  if (named && wanted.length === 0) throw new UserProblem(l10n.t('This run is over already.'));
  await Promise.all(wanted.map((each) => ('trial' in each ? stopTrial(each) : stopRun(each, live))));
}

/** Cancelling: the process of the trial is asked again, which makes it wait no longer. */
async function stopTrial(trial: LiveTrial): Promise<void> {
  const [{stopTrial: end}, {trialDir}] = await Promise.all([import('../session/trialStart'), import('../runs/runStore')]);
  const dir = trialDir(trial.store, trial.trial);
  const title = l10n.t('Stopping the comparison of {0}', scriptName(trial.overview.trial.script));
  trial.stopped = true;
  await window.withProgress({location: ProgressLocation.Notification, title, cancellable: true}, async (progress, token) => {
    progress.report({message: l10n.t('waiting for its own end; cancel: do not wait')});
    const hurried = new Promise<void>((resolve, reject) => {
      token.onCancellationRequested(() => {
        progress.report({message: l10n.t('not waiting any longer …')});
        end(dir).then(resolve, reject);
      });
    });
    await Promise.race([end(dir), hurried]);
  });
}

async function stopRun(run: LiveRun, live: LiveRuns): Promise<void> {
  const [{noteStop, stopOf}, {openRun}, {runDir}] = await Promise.all([import('../session/liveRun'), import('../runs/runReader'), import('../runs/runStore')]);
  const title = l10n.t('Stopping {0}', scriptName(run.launch.script));
  await window.withProgress({location: ProgressLocation.Notification, title, cancellable: true}, async (progress, token) => {
    const reader = run.stop === null ? openRun(runDir(run.store, run.run)) : null;
    const ladder = run.stop ?? (reader === null ? null : stopOf(reader));
    if (ladder === null) return;
    progress.report({message: l10n.t('waiting for its own end; cancel: do not wait')});
    token.onCancellationRequested(() => {
      progress.report({message: l10n.t('not waiting any longer …')});
      ladder.press();
    });
    ladder.press();
    await ladder.settled();
    if (reader !== null) await noteStop(reader);
    await untilOver(run, live);
  });
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

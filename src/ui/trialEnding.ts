import {commands as vscodeCommands, l10n, type Disposable} from 'vscode';
import {commands, type TrialArgument} from '../contributions';
import type {TrialSummary} from '../protocol/runSummary';
import type {LiveTrial, LiveTrials} from './liveTrials';
import {showInformation, showWarning, type Mend} from './messages';
import {tellFailure} from './runEnding';
import {countText, scriptName} from './texts';

/** Says what a comparison has shown, with its report; or why it has shown nothing. */
export function watchTrialEndings(trials: LiveTrials): Disposable {
  return trials.onDidEnd((trial) => void tellEnd(trial));
}

/** One sentence on what a trial has shown, as cautious as its verdict. */
export function verdictHeadline({verdict, arms}: Pick<TrialSummary, 'verdict' | 'arms'>): string {
  const {winner, effect} = verdict;
  if (winner === 'off') return l10n.t('Training ends worse with SING');
  if (winner !== 'none') return l10n.t('Training ends better with SING');
  const [off, on] = [arms.find(({name}) => name === 'off'), arms.find(({name}) => name === 'on')];
  if (verdict.pairs === 0 || off === undefined || on === undefined) return l10n.t('Nothing to compare');
  if (off.diverged !== on.diverged) return l10n.t('Diverged: {0} of {1} without SING, {2} of {3} with SING', countText(off.diverged), countText(off.runs.length), countText(on.diverged), countText(on.runs.length));
  if (effect !== null && effect !== 0 && Number.isFinite(effect)) {
    return effect > 0 ? l10n.t('SING did better here, but so few seeds don\'t prove it') : l10n.t('SING did worse here, but so few seeds don\'t prove it');
  }
  return l10n.t('No difference between SING off and on');
}

async function tellEnd(trial: LiveTrial): Promise<void> {
  const {overview, store} = trial;
  const script = scriptName(overview.trial.script);
  const argument: TrialArgument = {store, trial: trial.trial};
  const runs = overview.runs.flatMap((run) => (run.overview === null || run.run === null ? [] : [{run: run.run, overview: run.overview}]));
  const failed = runs.find(({overview: {status, steps}}) => status === 'failed' && steps === 0);
  if (failed !== undefined) {
    await tellFailure({store, run: failed.run, script: overview.trial.script, steps: 0});
    return;
  }
  if (trial.stopped) return;
  if (overview.state !== 'finished') {
    const goOn: Mend = {label: l10n.t('Go On'), run: () => vscodeCommands.executeCommand(commands.rerun, argument)};
    showWarning(l10n.t('The comparison of {0} ended early: {1} of {2} runs are done.', script, countText(overview.done), countText(overview.jobs)), [goOn]);
    return;
  }
  const [{readSummary}, {trialDir}] = await Promise.all([import('../session/trialOverview'), import('../runs/runStore')]);
  const summary = readSummary(trialDir(store, trial.trial));
  if (summary === null) return;
  const mends: Mend[] = [{label: l10n.t('Show'), run: () => vscodeCommands.executeCommand(commands.openPanel, argument)}];
  if (overview.report !== null) mends.unshift({label: l10n.t('Open Report'), run: () => vscodeCommands.executeCommand(commands.openReport, argument)});
  showInformation(l10n.t('{0}: {1}.', script, verdictHeadline(summary)), mends);
}

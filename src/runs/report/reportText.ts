import type {RunStatus, Verdict as TrialVerdict} from '../../protocol/runSummary';
import {groupFindings, ruleTitles, type FindingGroup} from './findingGroup';
import {siteText} from './codeExcerpt';
import {counted, lossText} from './numberText';
import type {ReportRunView, ReportView} from './reportView';

/** The verdict in one plain sentence, and one or two more that carry it. */
export interface Verdict {
  headline: string;
  lead: string;
}

const winnerHeadlines = {
  on: 'SING trains this network better.',
  full: 'Full SING trains this network better.',
  clip: 'Gradient clipping trains this network better.',
  off: 'This network trains better without SING.',
} as const;

/** With fewer pairs no signed-rank test reaches p < 0.05: two-sided it has at least 2 / 2ⁿ. */
const FEWEST_SEEDS = 6;

const statusWords: Record<RunStatus, string> = {
  running: 'is still going on', finished: 'finished', stopped: 'was stopped', failed: 'failed', crashed: 'crashed',
};

export function verdictOf(view: ReportView): Verdict {
  if (view.trial) return trialVerdict(view, view.trial.verdict);
  const runs = view.arms.flatMap((arm) => arm.runs);
  const only = runs[0];
  if (runs.length === 1 && only) return runVerdict(view, only);
  const unstable = runs.filter(isUnstable).length;
  return {
    headline: unstable === 0 ? `${counted(runs.length, 'run')}: none diverged, and no rule found an error.` : `${unstable} of ${counted(runs.length, 'run')} diverged or had an error found.`,
    lead: 'These runs were not made as one trial, so no verdict on SING is drawn from them.',
  };
}

function trialVerdict(view: ReportView, {winner, pValue, effect, pairs, text}: TrialVerdict): Verdict {
  if (winner !== 'none') return {headline: winnerHeadlines[winner], lead: text};
  const arms = view.arms.filter((arm) => arm.runs.length > 0);
  const unstable = arms.map((arm) => ({arm, count: arm.runs.filter(({summary}) => summary.diverged).length}));
  const most = unstable.reduce((a, b) => (b.count > a.count ? b : a), unstable[0] ?? {arm: null, count: 0});
  const least = unstable.reduce((a, b) => (b.count < a.count ? b : a), most);
  if (most.arm && least.arm && most.count > least.count) {
    const count = least.count === 0 ? 'none' : `${least.count} of ${least.arm.runs.length}`;
    return {headline: `With ${most.arm.label}, ${most.count} of ${most.arm.runs.length} runs diverged; with ${least.arm.label}, ${count}.`, lead: text};
  }
  if (pairs === 0) return {headline: 'There is nothing to compare.', lead: text};
  const noise = view.trial?.noiseFloor?.finalLossSd ?? 0;
  // All pairs that point one way have the smallest p that so many can have.
  const allAgree = pValue !== null && pValue <= 2 ** (1 - pairs) + 1e-9;
  if (effect !== null && allAgree && pairs < FEWEST_SEEDS && Math.abs(effect) > noise) {
    return {headline: `SING did ${effect > 0 ? 'better' : 'worse'} here, but ${counted(pairs, 'pair')} of runs can’t prove it.`, lead: text};
  }
  return {headline: 'No proven difference between the arms.', lead: text};
}

function runVerdict(view: ReportView, run: ReportRunView): Verdict {
  const {summary} = run;
  const [worst] = groupFindings(view.arms);
  const lead = `${leadOf(run)} ${lossSentence(run)}`.trim();
  if (summary.steps === 0) return {headline: 'No training step was seen.', lead};
  const steps = counted(summary.steps, 'step');
  if (worst?.severity === 'error') return {headline: `Trouble from step ${worst.firstStep.toLocaleString('en')}: ${where(worst)}.`, lead};
  if (summary.diverged) return {headline: 'The loss diverged.', lead};
  if (worst) {
    const {length} = summary.findings;
    return {headline: `${counted(length, 'warning')} in ${steps}${length > 1 ? ', the first' : ''}: ${where(worst)}.`, lead};
  }
  if (summary.status === 'failed' || summary.status === 'crashed') return {headline: `The script ${statusWords[summary.status]}; no rule found an instability in ${steps}.`, lead};
  return {headline: `No rule found an instability in ${steps}.`, lead};
}

function isUnstable({summary}: ReportRunView): boolean {
  return summary.diverged || summary.findings.some(({severity}) => severity === 'error');
}

function where(group: FindingGroup): string {
  const title = ruleTitles[group.rule].toLowerCase();
  if (group.layer === null) return title;
  return `${title} around ${group.layer}${group.site ? ` (${siteText(group.site, group.cwd)})` : ''}`;
}

function leadOf({summary, reader}: ReportRunView): string {
  const end = reader.lastEvent('end');
  if (summary.signal !== null) return `The run was ended by ${summary.signal}.`;
  const why = end?.error ? `: ${end.error}` : summary.status === 'failed' && summary.exitCode !== null ? ` with exit code ${summary.exitCode}` : '';
  return `The run ${statusWords[summary.status]}${why}${/[.!?]$/.test(why) ? '' : '.'}`;
}

function lossSentence({summary}: ReportRunView): string {
  const {first, last} = summary.loss;
  const over = counted(summary.steps, 'step');
  if (summary.steps === 0) return summary.notices.find(({code}) => code === 'no-steps' || code === 'children-trained')?.message.replace(/^./, (letter) => letter.toUpperCase()).replace(/[^.]$/, '$&.') ?? '';
  if (first === null || last === null) return `${over} were seen, without a loss.`;
  if (lossText(first) === lossText(last)) return `Over ${over} the loss stayed at ${lossText(last)}.`;
  const verb = last < first ? 'fell' : last > first ? 'rose' : 'went';
  return `Over ${over} the loss ${verb} from ${lossText(first)} to ${lossText(last)}.`;
}

/** What was trained, in one line. */
export function trainedText(view: ReportView): string {
  const runs = view.arms.flatMap((arm) => arm.runs);
  const parameters = runs.reduce<ReportRunView['summary']['parameters']>((most, {summary}) => (summary.parameters.length > most.length ? summary.parameters : most), []);
  const weights = parameters.reduce((sum, {shape}) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const layers = new Set(parameters.map(({layer}) => layer)).size;
  const steps = Math.max(0, ...runs.map(({summary}) => summary.steps));
  const parts = [
    parameters.length > 0 && `${counted(layers, 'layer')}, ${counted(parameters.length, 'parameter')}, ${counted(weights, 'weight')}`,
    `${counted(runs.length, 'run')} of ${runs.length > 1 ? 'up to ' : ''}${counted(steps, 'step')}`,
    backendText(runs),
  ];
  return parts.filter((part) => part !== false && part !== '').join(' · ');
}

function backendText(runs: ReportRunView[]): string {
  const names = runs.flatMap(({summary: {backend}}) => (backend ? [backend.tensorflow ? `TensorFlow ${backend.tensorflow}` : `TensorFlow.js on pure JavaScript (${backend.name})`] : []));
  return [...new Set(names)].join(' and ');
}

/** What the numbers of this report can't carry; said before somebody finds out. */
export function limitsOf(view: ReportView): string[] {
  const runs = view.arms.flatMap((arm) => arm.runs);
  const limits: string[] = [];
  const seeds = Math.max(0, ...view.arms.map((arm) => arm.runs.length));
  if (view.trial) {
    if (seeds < FEWEST_SEEDS) limits.push(`${counted(seeds, 'seed')} an arm can’t prove a difference: with fewer than ${FEWEST_SEEDS} pairs no test reaches p < 0.05, whatever the numbers say.`);
    const scales = new Set(view.arms.map(({lrScale}) => lrScale));
    if (scales.size === 1 && view.arms.length > 1) limits.push('All arms used the same learning rate. That is no fair comparison: SING’s best rate is often several times that of the plain optimizer. What counts is each arm at its own best rate.');
    if (view.arms.some(({name}) => name === 'full')) limits.push('Full SING brings its own optimizer, so that arm differs from the others in more than the treatment of gradients.');
    const lost = view.trial.arms.reduce((sum, arm) => sum + arm.runs.length, 0) - runs.length;
    if (lost > 0) limits.push(`${counted(lost, 'run')} of the trial ${lost === 1 ? 'is' : 'are'} no longer in the store and not drawn.`);
    if (view.trial.noiseFloor?.sameSeedIdentical === false) limits.push('The same seed gave different losses when it was run twice, so a part of every difference is chance.');
    limits.push('Step times were taken while the machine did other work too; small differences between them mean nothing.');
  } else {
    limits.push('Nothing here compares SING on with SING off; a trial does (singscope ab).');
  }
  const threads = new Set(runs.flatMap(({summary}) => (summary.backend ? [summary.backend.threads] : [])));
  if (threads.size > 1) limits.push(`The runs used different numbers of threads (${[...threads].join(', ')}), which changes the last digits of every sum.`);
  const backends = new Set(runs.flatMap(({summary}) => (summary.backend ? [summary.backend.name + String(summary.backend.tensorflow)] : [])));
  if (backends.size > 1) limits.push('The runs used different runtimes.');
  const dropped = runs.reduce((sum, {summary}) => sum + summary.dropped.frames, 0);
  if (dropped > 0) limits.push(`${counted(dropped, 'record')} could not be written in time and ${dropped === 1 ? 'is' : 'are'} missing.`);
  const cut = runs.filter(({summary}) => summary.status !== 'finished' && summary.status !== 'stopped').length;
  if (cut > 0 && runs.length > 1) limits.push(`${cut} of ${counted(runs.length, 'run')} did not come to an end of their own.`);
  limits.push('Gradients are those before SING. Histograms are of sampled steps; curves are thinned to the screen, with every extreme kept.');
  return limits;
}

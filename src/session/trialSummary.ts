import {firstDivergence, seriesAlike, seriesIdentical, type StepSeries} from '../diagnosis/firstDivergence';
import {jointVerdict, median, trialVerdict, type SeedPair} from '../diagnosis/verdict';
import type {ArmName, NoiseFloor, RunSummary, TrialSummary, Verdict} from '../protocol/runSummary';
import {mergedLosses} from '../runs/lossCurve';
import {openRun, type RunReader} from '../runs/runReader';
import {runDir} from '../runs/runStore';
import {runLosses, summarizeRun} from '../runs/runSummary';
import type {Trial} from '../runs/trial';
import {REPEAT_ARM, runOfJob, type JobArm} from './trialPlan';

/** Steps at the end over which the final loss is the mean. */
const FINAL_STEPS = 20;
const ONE_RATE = 'arms ran at one learning rate, which is not a fair comparison: the best rate with SING is often another (--lr-ladder comes in a later version).';

const NOT_TRAINED: Verdict = {winner: 'none', pValue: null, effect: null, pairs: 0, text: 'The script made no optimizer step in any run, so there is nothing to compare: it has to train with a tf.Optimizer.'};

/** One run of a trial, with what its comparison needs. */
export interface TrialRun {
  seed: number;
  reader: RunReader;
  summary: RunSummary;
  /** Mean loss of the last 20 steps; NaN when one of them is non-finite, null without a loss. */
  finalLoss: number | null;
}

/** Reads all runs of a trial and compares its arms. `report` is filled in by who writes one. */
export function summarizeTrial(store: string, trial: Trial): TrialSummary {
  const arms = new Map(trial.arms.map(({name}) => [name, armRuns(store, trial, name)]));
  const off = arms.get('off') ?? [];
  const compared = trial.arms.flatMap(({name}) => (name === 'off' ? [] : [{name, runs: arms.get(name) ?? []}]));
  const noiseFloor = noiseOf(off, armRuns(store, trial, REPEAT_ARM)[0] ?? null);
  const trained = [...arms.values()].flat().some(({summary}) => summary.steps > 0);
  const verdict = trained ? comparedAtOneRate(verdictOf(off, compared, noiseFloor), trial.arms.length) : NOT_TRAINED;
  return {
    trial: trial.id,
    arms: trial.arms.map(({name, lrScale}) => armSummary(name, lrScale, arms.get(name) ?? [])),
    noiseFloor,
    firstDivergence: divergenceOf(off, compared[0]?.runs ?? []),
    verdict,
    report: null,
  };
}

function verdictOf(off: TrialRun[], compared: readonly {name: ArmName; runs: TrialRun[]}[], noise: NoiseFloor | null): Verdict {
  const verdicts = compared.map(({name, runs}) => trialVerdict(pairsOf(off, runs), noise, name, compared.length));
  if (verdicts.length < 2) return verdicts[0] ?? NOT_TRAINED;
  return jointVerdict(verdicts.map((verdict, at) => ({...verdict, text: `Off against ${compared[at]?.name ?? ''}: ${verdict.text}`})));
}

function comparedAtOneRate(verdict: Verdict, arms: number): Verdict {
  return verdict.pairs === 0 ? verdict : {...verdict, text: `${verdict.text} ${arms > 2 ? 'All' : 'Both'} ${ONE_RATE}`};
}

/** Runs of one arm in the order of seeds; those that never started or can't be read are left out. */
export function armRuns(store: string, trial: Trial, arm: JobArm): TrialRun[] {
  return trial.seeds.flatMap((seed) => {
    const run = runOfJob(trial, {arm, seed});
    if (run === null) return [];
    try {
      const reader = openRun(runDir(store, run));
      return [{seed, reader, summary: summarizeRun(reader), finalLoss: finalLossOf(reader)}];
    } catch {
      return [];
    }
  });
}

/** Mean of the last losses; NaN when one of them is non-finite, null without any. */
export function finalLossOf(reader: RunReader): number | null {
  const last = mergedLosses(runLosses(reader)).loss.slice(-FINAL_STEPS);
  if (last.length === 0) return null;
  const mean = last.reduce((sum, loss) => sum + loss, 0) / last.length;
  return Number.isFinite(mean) ? mean : NaN;
}

function armSummary(name: ArmName, lrScale: number, runs: TrialRun[]): TrialSummary['arms'][number] {
  const losses = runs.flatMap(({finalLoss}) => (finalLoss === null ? [] : [finalLoss]));
  const times = runs.flatMap(({summary}) => (summary.stepMs.median === null ? [] : [summary.stepMs.median]));
  return {
    name, lrScale,
    runs: runs.map(({summary}) => summary),
    diverged: runs.filter(({summary}) => summary.diverged).length,
    finalLoss: {mean: losses.length === 0 ? null : meanOf(losses), sd: sampleSd(losses)},
    stepMs: times.length === 0 ? null : median(times),
  };
}

function pairsOf(off: TrialRun[], on: TrialRun[]): SeedPair[] {
  const pairs = off.flatMap((run) => {
    const other = on.find(({seed}) => seed === run.seed);
    if (other === undefined || !counts(run) || !counts(other)) return [];
    return [{run, other, record: [run, other].flatMap(({reader}) => [stepSeries(reader, 'loss'), stepSeries(reader, 'norm')])}];
  });
  return pairs.map(({run, other, record}, at) => {
    const same = pairs.slice(0, at).find((earlier) => earlier.record.every((series, i) => seriesAlike(series, record[i] ?? series)));
    return {seed: run.seed, off: outcomeOf(run), on: outcomeOf(other), sameAs: same?.run.seed ?? null};
  });
}

/** A run without a single step says nothing of SING. */
function counts({summary}: TrialRun): boolean {
  return summary.steps > 0 && summary.status !== 'running';
}

function outcomeOf({finalLoss, summary}: TrialRun): SeedPair['off'] {
  return {finalLoss, diverged: summary.diverged};
}

function noiseOf(off: TrialRun[], repeat: TrialRun | null): NoiseFloor | null {
  const first = off[0];
  if (first === undefined) return null;
  const losses = off.flatMap(({finalLoss}) => (finalLoss === null ? [] : [finalLoss]));
  return {finalLossSd: sampleSd(losses), sameSeedIdentical: repeat === null ? null : identical(first, repeat)};
}

function identical(a: TrialRun, b: TrialRun): boolean | null {
  if (!counts(a) || !counts(b)) return null;
  if (a.reader.lastStep !== b.reader.lastStep) return false;
  return (['loss', 'norm'] as const).every((name) => seriesIdentical(stepSeries(a.reader, name), stepSeries(b.reader, name)));
}

/** The first step at which a parameter's gradients part, over all seeds. */
function divergenceOf(off: TrialRun[], on: TrialRun[]): {parameter: string; step: number}[] {
  const first = new Map<string, number>();
  for (const run of off) {
    const other = on.find(({seed}) => seed === run.seed);
    if (other === undefined) continue;
    for (const {parameter, step} of firstDivergence(normSeries(run.reader), normSeries(other.reader))) {
      first.set(parameter, Math.min(step, first.get(parameter) ?? Infinity));
    }
  }
  return [...first].map(([parameter, step]) => ({parameter, step})).sort((a, b) => a.step - b.step);
}

function stepSeries(reader: RunReader, name: 'loss' | 'norm'): StepSeries {
  const [steps, values] = [reader.steps.column('step'), reader.steps.column(name)];
  if (steps.every((step, row) => row === 0 || step > (steps[row - 1] ?? NaN))) return {steps, values};
  // Threads number their steps together, and their rows may lie crosswise.
  const rows = [...steps.keys()].sort((a, b) => (steps[a] ?? 0) - (steps[b] ?? 0));
  return {steps: rows.map((row) => steps[row] ?? NaN), values: rows.map((row) => values[row] ?? NaN)};
}

function normSeries(reader: RunReader): Map<string, StepSeries> {
  return new Map(reader.parameters.map(({name, index}) => {
    const series = reader.series(index);
    return [name, {steps: series.column('step'), values: series.column('norm')}];
  }));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation; null with fewer than two values. */
function sampleSd(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

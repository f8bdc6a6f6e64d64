import type {Finding} from '../protocol/finding';
import type {Parameter} from '../protocol/events';
import type {GradientSummary, RunStatus, RunSummary} from '../protocol/runSummary';
import {lastGroupMoments, layersOf} from './groupMoments';
import {hasBlownUp, hasDiverged, lossCurves, median, mergedLosses, quantile, type LossCurve} from './lossCurve';
import {readLaunch} from './launchFile';
import type {Notice, RunReader, StepColumn} from './runReader';
import {readOverview} from './runOverview';
import {listRunIds, runDir} from './runStore';
import {updateNumbers} from './updateNumbers';

const TIME_DIGITS = '20261124-101500'.length;

/** The JSON of a run, as the command line promises it. */
export function summarizeRun(reader: RunReader): RunSummary {
  const status = reader.status();
  const end = reader.lastEvent('end');
  const {steps, sing} = reader;
  const curves = runLosses(reader);
  const {loss} = mergedLosses(curves);
  const stepTimes = steps.column('stepMs').subarray(1).filter(Number.isFinite);
  return {
    run: reader.id,
    status,
    exitCode: reader.exit ? reader.exit.exitCode : (end?.exitCode ?? null),
    signal: reader.exit?.signal ?? null,
    store: reader.store,
    children: childrenOf(reader.store, reader.id),
    backend: reader.lastEvent('backend')?.backend ?? null,
    seed: reader.launch.seed,
    sing: {
      mode: sing.mode,
      centralize: sing.centralize,
      normalize: sing.normalize,
      softplus: sing.mode === 'full' && sing.softplus,
      lookahead: sing.mode === 'full' && sing.lookahead,
      weightDecay: sing.mode === 'full' ? sing.weightDecay : 0,
      excluded: sing.exclude,
    },
    steps: reader.lastStep,
    skippedSteps: end?.skippedSteps ?? 0,
    loss: {first: loss[0] ?? null, last: loss.at(-1) ?? null, min: smallest(loss)},
    metrics: reader.metrics.summaries(),
    diverged: trainingDiverged(curves, reader.findings, status),
    stepMs: {median: orNull(median(stepTimes)), p95: orNull(quantile(stepTimes, 0.95))},
    overheadPct: orNull(end?.overheadPct ?? NaN),
    sampled: sampledSteps(reader),
    memory: {numTensors: extent(reader, 'tensors'), bytes: extent(reader, 'bytes'), rss: extent(reader, 'rss'), heap: extent(reader, 'heap')},
    parameters: reader.parameters.map((parameter) => parameterSummary(reader, parameter)),
    layers: layersOf(reader).map(({layer, parameters}) => ({name: layer, parameters: parameters.map(({name}) => name), gradient: groupSummary(reader, parameters)})),
    network: {gradient: groupSummary(reader, reader.parameters)},
    findings: reader.findings,
    notices: runNotices(reader, status),
    dropped: end?.dropped ?? {frames: 0, spikes: 0},
  };
}

/**
 * Losses of a run, one curve for each optimizer and thread that had any; where the optimizers saw none,
 * those that the script reported as `loss`.
 */
export function runLosses(reader: RunReader): LossCurve[] {
  const seen = reader.steps.column('loss').some((loss) => !Number.isNaN(loss));
  const reported = reader.metrics.get('loss');
  if (!seen && reported) {
    const series = reported.batches.length > reported.whole.length ? reported.batches : reported.whole;
    return [{step: series.column('step'), loss: series.column('value')}];
  }
  const nanReported = reported !== null && [reported.whole, reported.batches].some((series) => series.column('value').some(Number.isNaN));
  return lossCurves(reader.steps, nanReported || (!seen && reader.findings.some(({rule}) => rule === 'non-finite')));
}

/** Whether the training went astray; of its curves only beginning and end are looked at. */
export function trainingDiverged(curves: readonly LossCurve[], findings: readonly Finding[], status: RunStatus): boolean {
  return curves.some(hasDiverged) || (hasExploded(findings) && (hasDied(status) || curves.some(hasBlownUp)));
}

function hasDied(status: RunStatus): boolean {
  return status === 'failed' || status === 'crashed';
}

/** Where a loss blows up within its first steps, those are no measure of its last ones: the finding says it. */
function hasExploded(findings: readonly Finding[]): boolean {
  return findings.some(({rule, severity}) => severity === 'error' && (rule === 'non-finite' || rule === 'exploding'));
}

/** What the recorder noticed of a run, and what its record tells beside. */
export function runNotices(reader: RunReader, status: RunStatus): Notice[] {
  const all = reader.notices;
  if (reader.exit !== null && reader.exit.exitCode !== null && reader.lastEvent('start') !== null && reader.lastEvent('end') === null) {
    all.push({code: 'recording-stopped', message: `the recording stopped before the training ended (after step ${reader.lastStep}); stderr.log may say why: a full disk, as a rule`});
  }
  // A script that failed before its first step says itself why.
  if ((status === 'finished' || status === 'stopped') && reader.steps.length === 0 && !all.some(({code}) => code === 'no-steps')) {
    const trained = trainedChildren(reader.store, reader.id);
    all.push(trained.length > 0
      ? {code: 'children-trained', message: `this process made no optimizer step: what it started trained (${trained.join(', ')})`}
      : {code: 'no-steps', message: 'no optimizer step was seen: the script trained without a tf.Optimizer, or not at all'});
  }
  return all;
}

/** How many of the last distances between sampled steps stand for what the governor had settled on. */
const LAST_GAPS = 10;

function sampledSteps(reader: RunReader): RunSummary['sampled'] {
  const steps = [...new Set(reader.parameters.flatMap(({index}) => reader.histograms(index).map(({step}) => step)))].sort((a, b) => a - b);
  const gaps = steps.slice(1).map((step, i) => step - (steps[i] ?? NaN)).slice(-LAST_GAPS);
  return {steps: steps.length, every: orNull(median(Float64Array.from(gaps)))};
}

function parameterSummary(reader: RunReader, {index, name, layer, shape, kind, site}: Parameter): RunSummary['parameters'][number] {
  const series = reader.series(index);
  const last = (column: keyof GradientSummary): number => series.column(column).at(-1) ?? NaN;
  const gradient = series.length === 0 ? null : {mean: last('mean'), std: last('std'), min: last('min'), max: last('max'), norm: last('norm')};
  const update = updateNumbers(reader, index).at(-1);
  const numbers = update === undefined ? null : Object.fromEntries(Object.entries(update).map(([key, value]) => [key, orNull(value as number)]));
  return {name, layer, shape, kind, site, gradient, update: numbers as RunSummary['parameters'][number]['update']};
}

function groupSummary(reader: RunReader, parameters: readonly Parameter[]): GradientSummary | null {
  const moments = lastGroupMoments(reader, {parameters});
  if (moments === null) return null;
  const {mean, std, min, max, norm} = moments;
  return {mean, std, min, max, norm};
}

function extent(reader: RunReader, name: StepColumn): {first: number | null; last: number | null; max: number | null} {
  const values = reader.steps.column(name).filter(Number.isFinite);
  if (values.length === 0) return {first: null, last: null, max: null};
  return {first: values[0] ?? null, last: values.at(-1) ?? null, max: values.reduce((a, b) => Math.max(a, b))};
}

/** Smallest finite value; NaN where all are non-finite, null where there is none. */
function smallest(values: Float64Array): number | null {
  if (values.length === 0) return null;
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? NaN : finite.reduce((a, b) => Math.min(a, b));
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

function childrenOf(store: string, run: string): string[] {
  const since = run.slice(0, TIME_DIGITS);
  return listRunIds(store).filter((id) => {
    // A store may hold thousands: those that were made before this run are not its children.
    if (id === run || id.slice(0, TIME_DIGITS) < since) return false;
    try {
      return readLaunch(runDir(store, id)).parent === run;
    } catch {
      return false;
    }
  });
}

/** Runs with steps among those that a run's process started, or that these started. */
export function trainedChildren(store: string, run: string): string[] {
  return childrenOf(store, run).flatMap((id) => (readOverview(runDir(store, id)).steps > 0 ? [id] : trainedChildren(store, id)));
}

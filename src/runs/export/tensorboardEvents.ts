import {join} from 'node:path';
import type {RunReader, SeriesColumn} from '../runReader';
import {updateNumberNames, updateNumbers} from '../updateNumbers';
import {EventFile, type EventValue} from './eventFile';
import {eventHistogram} from './eventHistogram';

const SECONDS = 1000;

/** Scalars of one parameter: tag by column of its series. */
const parameterTags = [
  ['gradient_norm', 'norm'], ['gradient_mean', 'mean'], ['gradient_std', 'std'], ['gradient_min', 'min'], ['gradient_max', 'max'], ['gradient_norm_after_SING', 'normAfter'],
] as const satisfies [string, SeriesColumn][];

/**
 * Writes a run as one TensorBoard event file: `loss`, `learning_rate`, `gradient_norm/total`, for each parameter
 * `gradient_norm/<name>` and its kin with the histogram `gradient/<name>`, `weight_norm`, `update_norm` and `update_ratio` of the sampled steps, and `metrics/<name>`.
 */
export function writeTensorboardEvents(run: RunReader, dir: string): void {
  const created = run.launch.created / SECONDS;
  // TensorBoard finds event files by "tfevents" in the name, and reads them in the order of the names.
  const file = new EventFile(join(dir, `events.out.tfevents.${String(Math.floor(created)).padStart(10, '0')}.singscope`), created);
  try {
    const timeOf = clockOf(run, created);
    writeSteps(run, file);
    writeParameters(run, file, timeOf);
    writeUpdates(run, file, timeOf);
    writeMetrics(run, file, timeOf);
  } finally {
    file.close();
  }
}

/** Seconds since 1970 at which a step was made; of one whose row was let go, those of the row before it. */
function clockOf({steps}: RunReader, created: number): (step: number) => number {
  const [step, time] = [steps.column('step'), steps.column('time')];
  const rows = Uint32Array.from(step.keys()).sort((a, b) => at(step, a) - at(step, b));
  const known = Float64Array.from(rows, (row) => at(step, row));
  return (wanted) => {
    let [from, to] = [0, known.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (at(known, middle) <= wanted) from = middle + 1;
      else to = middle;
    }
    return from === 0 ? created : at(time, rows[from - 1] ?? 0) / SECONDS;
  };
}

function writeSteps({steps}: RunReader, file: EventFile): void {
  const [step, time, loss, rate, norm] = (['step', 'time', 'loss', 'learningRate', 'norm'] as const).map((name) => steps.column(name)) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < steps.length; i++) {
    file.add(at(time, i) / SECONDS, at(step, i), [
      {tag: 'loss', content: at(loss, i)}, {tag: 'learning_rate', content: at(rate, i)}, {tag: 'gradient_norm/total', content: at(norm, i)},
    ]);
  }
}

function writeParameters(run: RunReader, file: EventFile, timeOf: (step: number) => number): void {
  for (const {index, name} of run.parameters) {
    const series = run.series(index);
    const step = series.column('step');
    const scalars = parameterTags.map(([tag, column]) => ({tag: `${tag}/${name}`, values: series.column(column)}));
    const bad = (['nan', 'negInf', 'posInf'] as const).map((column) => series.column(column));
    const [mean, std, min, max] = (['mean', 'std', 'min', 'max'] as const).map((column) => series.column(column)) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const rowOf = new Map<number, number>();
    for (let i = 0; i < series.length; i++) {
      const values: EventValue[] = scalars.map(({tag, values: column}) => ({tag, content: at(column, i)}));
      values.push({tag: `gradient_non_finite/${name}`, content: bad.reduce((sum, column) => sum + at(column, i), 0)});
      file.add(timeOf(at(step, i)), at(step, i), values);
      rowOf.set(at(step, i), i);
    }
    for (const recorded of run.histograms(index)) {
      const row = rowOf.get(recorded.step);
      const histogram = eventHistogram(recorded, row === undefined ? null : {mean: at(mean, row), std: at(std, row), min: at(min, row), max: at(max, row)});
      if (histogram) file.add(timeOf(recorded.step), recorded.step, [{tag: `gradient/${name}`, content: histogram}]);
    }
  }
}

const updateTags = {
  weightNorm: 'weight_norm', updateNorm: 'update_norm', updateRatio: 'update_ratio', effectiveRate: 'effective_learning_rate',
  cosine: 'gradient_cosine', secondMomentRms: 'second_moment_rms', deadUnits: 'dead_units',
} as const;

function writeUpdates(run: RunReader, file: EventFile, timeOf: (step: number) => number): void {
  for (const {index, name} of run.parameters) {
    for (const numbers of updateNumbers(run, index)) {
      const values = updateNumberNames.map((column) => ({tag: `${updateTags[column]}/${name}`, content: numbers[column]}));
      file.add(timeOf(numbers.step), numbers.step, values.filter(({content}) => !Number.isNaN(content)));
    }
  }
}

function writeMetrics({metrics}: RunReader, file: EventFile, timeOf: (step: number) => number): void {
  for (const name of metrics.names) {
    const series = metrics.get(name);
    if (!series) continue;
    const {whole, batches} = series;
    const shown = whole.length > 0 ? whole : batches;
    const step = shown.column('step');
    const value = shown.column('value');
    for (let i = 0; i < shown.length; i++) file.add(timeOf(at(step, i)), at(step, i), [{tag: `metrics/${name}`, content: at(value, i)}]);
  }
}

function at(column: Float64Array, row: number): number {
  return column[row] ?? NaN;
}

import {quantile} from '../src/runs/lossCurve';

const MEDIAN = 0.5;

/** One measured number, as `npm run bench -- … --json` prints it. */
export interface Row {
  bench: string;
  case: string;
  arm: string | null;
  metric: string;
  /** In `unit`, as measured; null where nothing could be. */
  value: number | null;
  unit: string;
  /** What it is compared with, in `unit`; null where a goal alone says what is good. */
  baseline: number | null;
  /** Median of the ratios to the baseline, pair by pair; null where there is no baseline. */
  ratio: number | null;
  /** Most that is good, of the ratio where there is one; null where the number only explains another. */
  goal: number | null;
  met: boolean | null;
  samples: number;
}

/** A row of milliseconds. */
export function timeRow(bench: string, name: string, metric: string, samples: readonly number[], share: number, goal: number | null): Row {
  const value = samples.length === 0 ? null : quantile(samples, share);
  return {bench, case: name, arm: null, metric, value, unit: 'ms', baseline: null, ratio: null, goal, met: goal === null || value === null ? null : value <= goal, samples: samples.length};
}

/** A row that compares: medians of both, and of the ratios of what was measured together. */
export function pairedRow(names: Pick<Row, 'bench' | 'case' | 'arm' | 'metric' | 'unit'>, pairs: readonly (readonly [value: number, baseline: number])[], goal: number | null): Row {
  const ratio = quantile(pairs.map(([value, baseline]) => value / baseline), MEDIAN);
  return {
    ...names,
    value: quantile(pairs.map(([value]) => value), MEDIAN),
    baseline: quantile(pairs.map(([, baseline]) => baseline), MEDIAN),
    ratio, goal, met: goal === null ? null : ratio <= goal, samples: pairs.length,
  };
}

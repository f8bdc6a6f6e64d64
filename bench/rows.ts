import {quantile} from '../src/runs/lossCurve';

/** One measured number, as `npm run bench -- … --json` prints it. */
export interface Row {
  bench: string;
  case: string;
  arm: string | null;
  metric: string;
  /** In `unit`, as measured; null where nothing could be. */
  value: number | null;
  unit: string;
  /** What it is compared with; null where a goal alone says what is good. */
  baseline: number | null;
  /** Most that is good; null where the number only explains another. */
  goal: number | null;
  met: boolean | null;
  samples: number;
}

/** A row of milliseconds. */
export function timeRow(bench: string, name: string, metric: string, samples: readonly number[], share: number, goal: number | null): Row {
  const value = samples.length === 0 ? null : quantile(samples, share);
  return {bench, case: name, arm: null, metric, value, unit: 'ms', baseline: null, goal, met: goal === null || value === null ? null : value <= goal, samples: samples.length};
}

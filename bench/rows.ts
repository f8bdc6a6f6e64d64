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

/** The value below which that share of the samples lies; null of none. */
export function quantile(samples: readonly number[], share: number): number | null {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

/** A row of milliseconds. */
export function timeRow(bench: string, name: string, metric: string, samples: readonly number[], share: number, goal: number | null): Row {
  const value = quantile(samples, share);
  return {bench, case: name, arm: null, metric, value, unit: 'ms', baseline: null, goal, met: goal === null || value === null ? null : value <= goal, samples: samples.length};
}

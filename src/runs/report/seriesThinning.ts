import type {StepGrid} from './reportData';

export interface Points {
  step: number[];
  value: number[];
}

/**
 * Thins a curve for the screen: of each bucket of steps stay the smallest and the largest finite value,
 * and the first that is no finite number, so that no spike and no NaN is lost. Short curves stay as they are.
 * @param most points that a thinned curve may have
 */
export function thinCurve(step: ArrayLike<number>, value: ArrayLike<number>, most: number): Points {
  const points: Points = {step: [], value: []};
  const width = step.length <= most ? 1 : Math.ceil(step.length / Math.floor(most / 3));
  for (let from = 0; from < step.length; from += width) {
    const to = Math.min(step.length, from + width);
    for (const i of kept(value, from, to)) {
      points.step.push(step[i] ?? NaN);
      points.value.push(value[i] ?? NaN);
    }
  }
  return points;
}

function kept(value: ArrayLike<number>, from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  let other = -1;
  for (let i = from; i < to; i++) {
    const here = value[i] ?? NaN;
    if (!Number.isFinite(here)) {
      if (other < 0) other = i;
      continue;
    }
    if (low < 0 || here < (value[low] ?? NaN)) low = i;
    if (high < 0 || here > (value[high] ?? NaN)) high = i;
  }
  return [...new Set([low, high, other])].filter((i) => i >= 0).sort((a, b) => a - b);
}

/** Buckets of equal width over steps `first` … `last`, `most` at most. */
export function stepGrid(first: number, last: number, most: number): StepGrid {
  const steps = Math.max(1, last - first + 1);
  const width = Math.ceil(steps / most);
  return {first, width, buckets: Math.ceil(steps / width), last};
}

export function bucketOf(grid: StepGrid, step: number): number {
  return Math.floor((step - grid.first) / grid.width);
}

/**
 * Mean of several curves on a grid: of each curve the mean of the bucket, of those the mean. It stands only
 * where every curve has finite values: the mean of the survivors would flatter.
 */
export function meanCurve(curves: {step: ArrayLike<number>; value: ArrayLike<number>}[], grid: StepGrid): Points {
  const means = curves.map((curve) => bucketMeans(curve, grid));
  const points: Points = {step: [], value: []};
  for (let bucket = 0; bucket < grid.buckets; bucket++) {
    const values = means.map((mean) => mean[bucket] ?? NaN);
    points.step.push(grid.first + bucket * grid.width + (grid.width - 1) / 2);
    points.value.push(values.every(Number.isFinite) ? values.reduce((a, b) => a + b, 0) / values.length : NaN);
  }
  return points;
}

function bucketMeans({step, value}: {step: ArrayLike<number>; value: ArrayLike<number>}, grid: StepGrid): Float64Array {
  const sums = new Float64Array(grid.buckets);
  const counts = new Float64Array(grid.buckets);
  for (let i = 0; i < step.length; i++) {
    const bucket = bucketOf(grid, step[i] ?? NaN);
    if (bucket < 0 || bucket >= grid.buckets) continue;
    sums[bucket] = (sums[bucket] ?? 0) + (value[i] ?? NaN);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return sums.map((sum, bucket) => sum / (counts[bucket] ?? 0));
}

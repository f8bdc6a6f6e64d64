import {binEdges} from '../../protocol/histogram';
import type {StepHistogram} from '../runReader';
import type {EventHistogram} from './eventFile';

interface Moments {
  mean: number;
  std: number;
  min: number;
  max: number;
}

/**
 * A recorded histogram as TensorBoard wants it: finite values only, buckets in rising order without gaps.
 * Extremes and sums are those of the exact moments of the same step.
 * @returns null where no value is finite
 */
export function eventHistogram({bins, counts}: StepHistogram, {mean, std, min, max}: Moments): EventHistogram | null {
  const filled = Array.from(bins, (bin, i) => ({...binEdges(bin), count: counts[i] ?? 0}))
    .filter(({low, high}) => Number.isFinite(low) && Number.isFinite(high))
    .sort((a, b) => a.low - b.low || a.high - b.high);
  if (filled.length === 0) return null;
  const limits: number[] = [];
  const held: number[] = [];
  let edge = filled[0]?.low ?? 0;
  for (const {low, high, count} of filled) {
    if (low > edge) {
      limits.push(low);
      held.push(0);
    }
    limits.push(high);
    held.push(count);
    edge = high;
  }
  const num = held.reduce((sum, count) => sum + count, 0);
  return {min, max, num, sum: mean * num, sumSquares: (std ** 2 + mean ** 2) * num, limits, counts: held};
}

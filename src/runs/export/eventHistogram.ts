import {binEdges, type SparseHistogram} from '../../protocol/histogram';
import type {EventHistogram} from './eventFile';

interface Moments {
  mean: number;
  std: number;
  min: number;
  max: number;
}

/**
 * A recorded histogram as TensorBoard wants it: finite values only, buckets in rising order without gaps.
 * Extremes and sums are those of the exact moments of the same step, or by the bins where its moments were let go.
 * @returns null where no value is finite
 */
export function eventHistogram({bins, counts}: SparseHistogram, moments: Moments | null): EventHistogram | null {
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
  const {mean, std, min, max} = moments ?? momentsByBins(filled, num);
  return {min, max, num, sum: mean * num, sumSquares: (std ** 2 + mean ** 2) * num, limits, counts: held};
}

/** As if each value lay in the middle of its bin. @param filled finite bins, rising */
function momentsByBins(filled: readonly {low: number; high: number; count: number}[], num: number): Moments {
  const [min, max] = [filled[0]?.low ?? NaN, filled.at(-1)?.high ?? NaN];
  const sumOf = (power: number): number => filled.reduce((sum, {low, high, count}) => sum + count * ((low + high) / 2) ** power, 0);
  const mean = sumOf(1) / num;
  return {mean, std: Math.sqrt(Math.max(0, sumOf(2) / num - mean ** 2)), min, max};
}

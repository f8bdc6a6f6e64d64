import {binEdges} from '../../src/protocol/histogram';
import type {BarSeries} from './chartData';
import {overlaps} from './histogramRows';

export const specialKinds = ['zero', 'nan', 'negative', 'positive'] as const;
/** Zero, NaN, and the infinities. */
export type SpecialKind = (typeof specialKinds)[number];

/** Counts of one histogram: of values on common rows, and apart from them what has no place on an axis. */
export interface BarCounts {
  rows: Float64Array;
  special: Record<SpecialKind, number>;
}

export function barCounts({bins, counts}: Pick<BarSeries, 'bins' | 'counts'>, edges: Float64Array): BarCounts {
  const {first, reach, starts, parts} = overlaps(edges);
  const rows = new Float64Array(Math.max(0, edges.length - 1));
  const special = {zero: 0, nan: 0, negative: 0, positive: 0};
  for (let i = 0; i < bins.length; i++) {
    const [bin, count] = [bins[i] ?? 0, counts[i] ?? 0];
    const kind = specialOf(bin);
    if (kind !== null) special[kind] += count;
    else for (let at = 0; at < (reach[bin] ?? 0); at++) {
      const row = (first[bin] ?? 0) + at;
      rows[row] = (rows[row] ?? 0) + (parts[(starts[bin] ?? 0) + at] ?? 0) * count;
    }
  }
  return {rows, special};
}

/** What a bin holds that is no finite value other than zero. */
function specialOf(bin: number): SpecialKind | null {
  const {low, high} = binEdges(bin);
  if (low === 0 && high === 0) return 'zero';
  if (Number.isFinite(low) || Number.isFinite(high)) return null;
  // The last bin of each sign has the first bit of the mantissa set, as NaN has; infinity has none.
  if (bin % 2 === 1) return 'nan';
  return low > 0 ? 'positive' : 'negative';
}

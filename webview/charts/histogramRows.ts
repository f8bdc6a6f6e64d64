import {binEdges, HISTOGRAM_BINS} from '../../src/protocol/histogram';
import type {HistogramRows, SampledHistograms} from './chartData';

/** Octaves on each side of zero, by how many the values need; what is smaller counts as near zero. */
const OCTAVES = {fewest: 6, most: 24};
/** Share of the values that may count as near zero without being zero. */
const NEAR_ZERO = 0.01;
/** Rows of a linear axis. */
const LINEAR_ROWS = 64;

const edges = Array.from({length: HISTOGRAM_BINS}, (_, bin) => binEdges(bin));
const finite = edges.map(({low, high}) => Number.isFinite(low) && Number.isFinite(high));
/** Power of two below each bin; -Infinity of the bins of zero. */
const octaves = edges.map(({low, high}) => Math.floor(Math.log2(Math.min(Math.abs(low), Math.abs(high)))));

/**
 * Sampled histograms on common rows, as shares of their finite values.
 * @param linear rows of equal width between the extremes, or else half octaves on both sides of a row near zero
 */
export function histogramRows(sampled: SampledHistograms, linear: boolean): HistogramRows {
  const rows = rowEdges([sampled], linear);
  const {first, reach, parts, starts} = overlaps(rows);
  const count = rows.length - 1;
  const columns = sampled.steps.length;
  const shares = new Float32Array(count * columns);
  const {bins, counts, offsets} = sampled;
  for (let column = 0; column < columns; column++) {
    const [from, to] = [offsets[column] ?? 0, offsets[column + 1] ?? 0];
    let total = 0;
    for (let i = from; i < to; i++) if (finite[bins[i] ?? 0]) total += counts[i] ?? 0;
    for (let i = from; i < to && total > 0; i++) {
      const bin = bins[i] ?? 0;
      const share = (counts[i] ?? 0) / total;
      const [start, target, rowsReached] = [starts[bin] ?? 0, column * count + (first[bin] ?? 0), reach[bin] ?? 0];
      for (let row = 0; row < rowsReached; row++) shares[target + row] = (shares[target + row] ?? 0) + share * (parts[start + row] ?? 0);
    }
  }
  return {steps: Float64Array.from(sampled.steps), edges: rows, shares};
}

/** Edges of the rows that hold the finite values of all `histograms`. */
export function rowEdges(histograms: readonly Pick<SampledHistograms, 'bins' | 'counts'>[], linear: boolean): Float64Array {
  const totals = new Float64Array(HISTOGRAM_BINS);
  for (const {bins, counts} of histograms) {
    for (let i = 0; i < bins.length; i++) {
      const bin = bins[i] ?? 0;
      if (finite[bin]) totals[bin] = (totals[bin] ?? 0) + (counts[i] ?? 0);
    }
  }
  return linear ? linearEdges(totals) : octaveEdges(totals);
}

function octaveEdges(totals: Float64Array): Float64Array {
  const counts = new Map<number, number>();
  totals.forEach((count, bin) => {
    const octave = octaves[bin] ?? -Infinity;
    if (count > 0 && octave !== -Infinity) counts.set(octave, (counts.get(octave) ?? 0) + count);
  });
  const ladder = [...counts].sort(([a], [b]) => a - b);
  const highest = ladder.at(-1)?.[0] ?? 0;
  let left = NEAR_ZERO * ladder.reduce((sum, [, count]) => sum + count, 0);
  const lowest = ladder.find(([, count]) => (left -= count) < 0)?.[0] ?? highest;
  const shown = Math.min(OCTAVES.most, Math.max(OCTAVES.fewest, highest - lowest + 1));
  const half = Array.from({length: 2 * shown + 1}, (_, i) => (i % 2 === 0 ? 1 : 1.5) * 2 ** (highest - shown + 1 + (i >> 1)));
  return Float64Array.from([...half.map((edge) => -edge).reverse(), ...half]);
}

function linearEdges(totals: Float64Array): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  totals.forEach((count, bin) => {
    if (count === 0) return;
    low = Math.min(low, edges[bin]?.low ?? 0);
    high = Math.max(high, edges[bin]?.high ?? 0);
  });
  if (low >= high) [low, high] = [-1, 1];
  return Float64Array.from({length: LINEAR_ROWS + 1}, (_, i) => low + ((high - low) * i) / LINEAR_ROWS);
}

/** By bin: the first row that it reaches, how many, and from `starts` on how much of it lies in each. Bins of what is not finite reach none. */
export interface Overlaps {
  first: Int32Array;
  reach: Int32Array;
  starts: Int32Array;
  parts: number[];
}

/** Where the bins lie on rows; values are taken to lie evenly within a bin. */
export function overlaps(rows: Float64Array): Overlaps {
  const [first, reach, starts] = [new Int32Array(HISTOGRAM_BINS), new Int32Array(HISTOGRAM_BINS), new Int32Array(HISTOGRAM_BINS)];
  const parts: number[] = [];
  edges.forEach(({low, high}, bin) => {
    starts[bin] = parts.length;
    if (!finite[bin]) return;
    // Zeros can be the upper end of the last row.
    const from = first[bin] = Math.max(0, Math.min(upperRow(rows, low), low === high ? rows.length - 1 : Infinity) - 1);
    if (low === high) parts.push(1);
    else {
      for (let row = from; row < rows.length - 1 && (rows[row] ?? NaN) < high; row++) {
        const part = (Math.min(high, rows[row + 1] ?? NaN) - Math.max(low, rows[row] ?? NaN)) / (high - low);
        parts.push(Math.max(0, part));
      }
    }
    reach[bin] = parts.length - (starts[bin] ?? 0);
  });
  return {first, reach, starts, parts};
}

/** Number of edges that are not above a value. */
function upperRow(rows: Float64Array, value: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] ?? NaN) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

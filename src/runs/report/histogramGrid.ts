import {binEdges} from '../../protocol/histogram';
import type {StepHistogram} from '../runReader';
import {packBytes} from './packing';
import type {HistogramGrid} from './reportData';

const COLUMNS = 90;
/** Octaves shown on each side of zero, by how many the values need; what is smaller counts as near zero. */
const OCTAVES = {fewest: 6, most: 24};
/** Share of the values that may count as near zero without being zero. */
const NEAR_ZERO = 0.01;

/**
 * Histograms of one parameter over time, on one ladder of octaves for all of `runs`, so that they can be compared.
 * @returns a grid for each of `runs`; null where it has no histogram
 */
export function histogramGrids(runs: (readonly StepHistogram[])[]): (HistogramGrid | null)[] {
  const kept = runs.map(evenly);
  const range = octaveRange(kept.flat());
  return kept.map((histograms) => (range === null || histograms.length === 0 ? null : gridOf(histograms, range)));
}

/** Octaves from 2^lowest to below 2^(highest + 1). */
interface OctaveRange {
  highest: number;
  octaves: number;
}

function gridOf(histograms: StepHistogram[], {highest, octaves}: OctaveRange): HistogramGrid {
  const rows = 2 * octaves + 1;
  const shares = histograms.map((histogram) => sharesOf(histogram, {highest, octaves}));
  const largestShare = shares.reduce((most, column) => Math.max(most, ...column), 0);
  const bytes = new Uint8Array(rows * histograms.length);
  shares.forEach((column, i) => {
    // A share that is not zero must not be drawn as nothing.
    column.forEach((share, row) => { bytes[i * rows + row] = share === 0 ? 0 : Math.max(1, Math.round((share / largestShare) * 255)); });
  });
  const magnitudes = Array.from({length: octaves}, (_, i) => 2 ** (highest - octaves + 1 + i));
  const smallest = magnitudes[0] ?? 0;
  return {
    steps: histograms.map(({step}) => step),
    edges: [...magnitudes.map((low) => -2 * low).reverse(), -smallest, ...magnitudes],
    top: 2 ** (highest + 1),
    shares: packBytes(bytes),
    largestShare,
  };
}

/** Share of the finite values in each row: negative octaves from the largest, near zero, positive ones to the largest. */
function sharesOf(histogram: StepHistogram, {highest, octaves}: OctaveRange): Float64Array {
  const shares = new Float64Array(2 * octaves + 1);
  let total = 0;
  eachBin(histogram, (octave, negative, count) => {
    const rung = Math.max(0, octave - highest + octaves);
    const row = negative ? octaves - rung : octaves + rung;
    shares[row] = (shares[row] ?? 0) + count;
    total += count;
  });
  return total === 0 ? shares : shares.map((share) => share / total);
}

function octaveRange(histograms: StepHistogram[]): OctaveRange | null {
  const counts = new Map<number, number>();
  for (const histogram of histograms) {
    eachBin(histogram, (octave, _negative, count) => { if (octave !== -Infinity) counts.set(octave, (counts.get(octave) ?? 0) + count); });
  }
  const ladder = [...counts].sort(([a], [b]) => a - b);
  const top = ladder.at(-1);
  if (!top) return null;
  let left = NEAR_ZERO * ladder.reduce((sum, [, count]) => sum + count, 0);
  const lowest = ladder.find(([, count]) => (left -= count) < 0)?.[0] ?? top[0];
  return {highest: top[0], octaves: Math.min(OCTAVES.most, Math.max(OCTAVES.fewest, top[0] - lowest + 1))};
}

/** Calls back for each bin of finite values; zeros are in the octave -Infinity. */
function eachBin({bins, counts}: StepHistogram, use: (octave: number, negative: boolean, count: number) => void): void {
  bins.forEach((bin, i) => {
    const {low, high} = binEdges(bin);
    if (!Number.isFinite(low) || !Number.isFinite(high)) return;
    use(Math.floor(Math.log2(Math.min(Math.abs(low), Math.abs(high)))), low < 0, counts[i] ?? 0);
  });
}

function evenly(histograms: readonly StepHistogram[]): StepHistogram[] {
  if (histograms.length <= COLUMNS) return [...histograms];
  const stride = (histograms.length - 1) / (COLUMNS - 1);
  return Array.from({length: COLUMNS}, (_, i) => histograms[Math.round(i * stride)]).filter((one) => one !== undefined);
}

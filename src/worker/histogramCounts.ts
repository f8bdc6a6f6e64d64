import {binOfBits, HISTOGRAM_BINS, type SparseHistogram} from '../protocol/histogram';

/** Adds the values to `counts` (dense, `HISTOGRAM_BINS` long) by their bins. */
export function countValues(values: Float32Array, counts: Int32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const bin = binOfBits(bits[i] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
}

/** The bins of row `row` that hold something. */
export function sparseHistogram(counts: Int32Array, row: number): SparseHistogram {
  const bins: number[] = [];
  const filled: number[] = [];
  for (let bin = 0; bin < HISTOGRAM_BINS; bin++) {
    const count = counts[row * HISTOGRAM_BINS + bin] as number;
    if (count > 0) {
      bins.push(bin);
      filled.push(count);
    }
  }
  return {bins: Uint16Array.from(bins), counts: Uint32Array.from(filled)};
}

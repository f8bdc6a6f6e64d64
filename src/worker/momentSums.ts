import {MOMENT_COLUMNS, moment} from '../protocol/moments';

/**
 * Moments of float32 values in double precision, over the finite elements only.
 * Two passes, so that a small deviation around a large mean keeps its digits.
 * @param out receives `MOMENT_COLUMNS` numbers from index `at`
 */
export function sumMoments(values: Float32Array, out: Float64Array, at: number): void {
  const count = values.length;
  let sum = 0;
  let squares = 0;
  let min = Infinity;
  let max = -Infinity;
  let zeros = 0;
  let nan = 0;
  let negInf = 0;
  let posInf = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    // True for NaN and both infinities alike, and the common case costs one comparison.
    if (value - value !== 0) {
      if (value === Infinity) posInf++;
      else if (value === -Infinity) negInf++;
      else nan++;
      continue;
    }
    sum += value;
    squares += value * value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (value === 0) zeros++;
  }
  const finite = count - nan - negInf - posInf;
  const mean = sum / finite;
  let deviations = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i] as number;
    if (value - value !== 0) continue;
    const deviation = value - mean;
    deviations += deviation * deviation;
  }
  out[at + moment.count] = count;
  out[at + moment.finite] = finite;
  out[at + moment.mean] = finite === 0 ? NaN : mean;
  out[at + moment.std] = finite === 0 ? NaN : Math.sqrt(deviations / finite);
  out[at + moment.min] = finite === 0 ? NaN : min;
  out[at + moment.max] = finite === 0 ? NaN : max;
  out[at + moment.norm] = Math.sqrt(squares);
  out[at + moment.zeros] = zeros;
  out[at + moment.nan] = nan;
  out[at + moment.negInf] = negInf;
  out[at + moment.posInf] = posInf;
  out[at + moment.maxAbs] = finite === 0 ? NaN : Math.max(-min, max);
}

/** Moments of several arrays, a row each. */
export function momentsOf(arrays: readonly Float32Array[]): Float64Array {
  const matrix = new Float64Array(arrays.length * MOMENT_COLUMNS);
  arrays.forEach((values, row) => { sumMoments(values, matrix, row * MOMENT_COLUMNS); });
  return matrix;
}

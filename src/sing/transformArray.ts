import {centralizedAxes, meansOneElement, type ParameterKind} from './kind';
import type {TransformSettings} from './options';

export interface TransformedArray {
  values: Float32Array;
  /** L2 norm after the transform. */
  norm: number;
}

/** Below this share of the energy, "sum of squares less that of the means" has lost too many digits. */
const cancellation = 1e-6;

let scratch = new Float64Array(1024);

/**
 * SING's transform of one gradient on the bare numbers, with float64 sums: centralize, then normalize
 * (Courtois et al. 2023, arXiv 2305.15997). NaN in one element makes the whole parameter NaN, as in the
 * authors' code; a zero gradient stays zero; large finite elements don't overflow.
 *
 * Two passes: the norm of the centralized gradient follows from the sums of the first.
 *
 * @param values row-major gradient, TensorFlow.js layout.
 * @param shape its shape.
 * @param out where to write, `values` itself if wished; a new array if left out.
 */
export function transformArray(
  values: Float32Array,
  shape: readonly number[],
  kind: ParameterKind,
  {centralize, normalize, epsilon}: TransformSettings,
  out: Float32Array = new Float32Array(values.length),
): TransformedArray {
  const centralized = centralize !== false && centralizedAxes(kind, shape).length > 0 && (centralize === 'always' || !meansOneElement(kind, shape));
  if (!centralized) {
    const norm = normOf(values);
    const factor = scaling(norm, values.length, normalize, epsilon);
    if (factor !== 1) writeRun(values, 0, values.length, 0, factor, out);
    else if (out !== values) out.set(values);
    return {values: out, norm: norm * factor};
  }
  const perRow = kind === 'embedding';
  const columns = columnCount(kind, shape);
  const rows = columns === 0 ? 0 : values.length / columns;
  const count = perRow ? rows : columns;
  if (scratch.length < count) scratch = new Float64Array(count);
  const means = scratch;
  const energy = perRow ? rowMeans(values, rows, columns, means) : columnMeans(values, rows, columns, means);
  const size = perRow ? columns : rows;
  let ofMeans = 0;
  for (let index = 0; index < count; index++) ofMeans += means[index]! * means[index]!;
  let squares = energy - size * ofMeans;
  // Also taken when all is NaN, so that the sum tells so.
  if (!(squares > cancellation * energy)) squares = centralizedSquares(values, rows, columns, means, perRow);
  const norm = Math.sqrt(squares);
  const factor = scaling(norm, values.length, normalize, epsilon);
  (perRow ? writeRows : writeColumns)(values, rows, columns, means, factor, out);
  return {values: out, norm: norm * factor};
}

/** How many neighbours in memory belong to different means (or, for an embedding, to the same). */
function columnCount(kind: ParameterKind, shape: readonly number[]): number {
  const axes = centralizedAxes(kind, shape);
  const inner = kind === 'embedding' ? axes : shape.map((_, axis) => axis).slice(axes.length);
  return inner.reduce((size, axis) => size * shape[axis]!, 1);
}

function scaling(norm: number, length: number, normalize: TransformSettings['normalize'], epsilon: number): number {
  if (normalize === false) return 1;
  const divisor = (normalize === 'std' ? norm / Math.sqrt(length) : norm) + epsilon;
  // Only without epsilon, and then of a zero gradient, which stays zero.
  return divisor === 0 ? 0 : 1 / divisor;
}

/** L2 norm with a float64 sum. */
export function normOf(values: Float32Array): number {
  return Math.sqrt(sumOfSquares(values));
}

// Four independent sums each: one alone waits for the adder of the element before.
function sumOfSquares(values: Float32Array): number {
  const length = values.length;
  const whole = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    const p = values[i]!;
    const q = values[i + 1]!;
    const r = values[i + 2]!;
    const s = values[i + 3]!;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (let i = whole; i < length; i++) a += values[i]! * values[i]!;
  return a + b + (c + d);
}

/** Fills `means` with the mean of each column; returns the sum of squares of all. */
function columnMeans(values: Float32Array, rows: number, columns: number, means: Float64Array): number {
  for (let column = 0; column < columns; column++) means[column] = 0;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let row = 0;
  // Four rows at once, so that each column's sum is loaded and stored once for four elements.
  for (; row + 4 <= rows; row += 4) {
    const first = row * columns;
    const second = first + columns;
    const third = second + columns;
    const fourth = third + columns;
    for (let column = 0; column < columns; column++) {
      const p = values[first + column]!;
      const q = values[second + column]!;
      const r = values[third + column]!;
      const s = values[fourth + column]!;
      means[column]! += p + q + (r + s);
      a += p * p;
      b += q * q;
      c += r * r;
      d += s * s;
    }
  }
  for (; row < rows; row++) {
    const first = row * columns;
    for (let column = 0; column < columns; column++) {
      const p = values[first + column]!;
      means[column]! += p;
      a += p * p;
    }
  }
  for (let column = 0; column < columns; column++) means[column]! /= rows;
  return a + b + (c + d);
}

/** Fills `means` with the mean of each row; returns the sum of squares of all. */
function rowMeans(values: Float32Array, rows: number, columns: number, means: Float64Array): number {
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * columns;
    let sum = 0;
    for (let i = first; i < first + columns; i++) {
      const p = values[i]!;
      sum += p;
      squares += p * p;
    }
    means[row] = sum / columns;
  }
  return squares;
}

function centralizedSquares(values: Float32Array, rows: number, columns: number, means: Float64Array, perRow: boolean): number {
  let squares = 0;
  for (let row = 0; row < rows; row++) {
    const first = row * columns;
    for (let column = 0; column < columns; column++) {
      const p = values[first + column]! - means[perRow ? row : column]!;
      squares += p * p;
    }
  }
  return squares;
}

function writeColumns(values: Float32Array, rows: number, columns: number, means: Float64Array, factor: number, out: Float32Array): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const first = row * columns;
    const second = first + columns;
    const third = second + columns;
    const fourth = third + columns;
    for (let column = 0; column < columns; column++) {
      const mean = means[column]!;
      out[first + column] = (values[first + column]! - mean) * factor;
      out[second + column] = (values[second + column]! - mean) * factor;
      out[third + column] = (values[third + column]! - mean) * factor;
      out[fourth + column] = (values[fourth + column]! - mean) * factor;
    }
  }
  for (; row < rows; row++) {
    const first = row * columns;
    for (let column = 0; column < columns; column++) out[first + column] = (values[first + column]! - means[column]!) * factor;
  }
}

function writeRows(values: Float32Array, rows: number, columns: number, means: Float64Array, factor: number, out: Float32Array): void {
  for (let row = 0; row < rows; row++) writeRun(values, row * columns, columns, means[row]!, factor, out);
}

/** (value − mean)·factor for neighbours in memory. */
function writeRun(values: Float32Array, from: number, count: number, mean: number, factor: number, out: Float32Array): void {
  const end = from + count;
  const whole = end - (count % 4);
  for (let i = from; i < whole; i += 4) {
    out[i] = (values[i]! - mean) * factor;
    out[i + 1] = (values[i + 1]! - mean) * factor;
    out[i + 2] = (values[i + 2]! - mean) * factor;
    out[i + 3] = (values[i + 3]! - mean) * factor;
  }
  for (let i = whole; i < end; i++) out[i] = (values[i]! - mean) * factor;
}

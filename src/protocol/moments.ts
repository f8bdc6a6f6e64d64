/**
 * Columns of the moments matrix that the tap hands on: one row of float64 a parameter.
 * Mean, std (population), min, max and norm (L2) are over the finite elements only;
 * without a finite element they are NaN, and the norm is 0.
 */
export const moment = {
  count: 0,
  finite: 1,
  mean: 2,
  std: 3,
  min: 4,
  max: 5,
  norm: 6,
  zeros: 7,
  nan: 8,
  negInf: 9,
  posInf: 10,
  maxAbs: 11,
} as const;

/** Number of float64 columns a row of the moments matrix has. */
export const MOMENT_COLUMNS = 12;

/** The moments of one gradient by name, as they are shown and written. */
export interface GradientMoments {
  count: number;
  mean: number;
  std: number;
  min: number;
  max: number;
  norm: number;
  zeros: number;
  nan: number;
  negInf: number;
  posInf: number;
}

/** Row `row` of a moments matrix, by name. */
export function momentsAt(matrix: Float64Array, row: number): GradientMoments {
  const at = row * MOMENT_COLUMNS;
  const column = (index: number): number => matrix[at + index] ?? NaN;
  return {
    count: column(moment.count),
    mean: column(moment.mean),
    std: column(moment.std),
    min: column(moment.min),
    max: column(moment.max),
    norm: column(moment.norm),
    zeros: column(moment.zeros),
    nan: column(moment.nan),
    negInf: column(moment.negInf),
    posInf: column(moment.posInf),
  };
}

/** L2 norm over several parameters, from theirs. Overflow-safe. */
export function combinedNorm(norms: Iterable<number>): number {
  let scale = 0;
  let sum = 1;
  for (const norm of norms) {
    if (!Number.isFinite(norm)) return norm;
    if (norm === 0) continue;
    if (norm > scale) {
      sum = 1 + sum * (scale / norm) ** 2;
      scale = norm;
    } else {
      sum += (norm / scale) ** 2;
    }
  }
  return scale === 0 ? 0 : scale * Math.sqrt(scale === 0 ? 0 : sum);
}

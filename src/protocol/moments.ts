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

/**
 * Moments of several gradients taken as one, from theirs: exact, since mean and spread follow from those of the parts and how many
 * finite elements each has.
 */
export function mergedMoments(parts: readonly GradientMoments[]): GradientMoments {
  const merged: GradientMoments = {count: 0, mean: NaN, std: NaN, min: NaN, max: NaN, norm: combinedNorm(parts.map(({norm}) => norm)), zeros: 0, nan: 0, negInf: 0, posInf: 0};
  for (const part of parts) for (const name of ['count', 'zeros', 'nan', 'negInf', 'posInf'] as const) merged[name] += part[name];
  const weighted = parts.map((part) => ({...part, weight: part.count - part.nan - part.negInf - part.posInf})).filter(({weight}) => weight > 0);
  const finite = weighted.reduce((sum, {weight}) => sum + weight, 0);
  if (finite === 0) return merged;
  const mean = weighted.reduce((sum, part) => sum + (part.weight / finite) * part.mean, 0);
  const variance = weighted.reduce((sum, part) => sum + (part.weight / finite) * (part.std ** 2 + (part.mean - mean) ** 2), 0);
  return {
    ...merged, mean, std: Math.sqrt(variance),
    min: weighted.reduce((least, {min}) => Math.min(least, min), Infinity),
    max: weighted.reduce((most, {max}) => Math.max(most, max), -Infinity),
  };
}

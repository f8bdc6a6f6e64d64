/** Norm of one parameter's gradient before SING, by step, in order. */
export interface NormSeries {
  steps: ArrayLike<number>;
  norms: ArrayLike<number>;
}

/**
 * First step at which two runs of the same seed differ, for each parameter they share: the
 * recorded norms are compared to the bit, and NaN equals NaN. Parameters that never differ
 * are left out. Ordered by step.
 */
export function firstDivergence(
  off: ReadonlyMap<string, NormSeries>,
  on: ReadonlyMap<string, NormSeries>,
): {parameter: string; step: number}[] {
  const found: {parameter: string; step: number}[] = [];
  for (const [parameter, series] of off) {
    const other = on.get(parameter);
    const step = other === undefined ? null : firstDifference(series, other);
    if (step !== null) found.push({parameter, step});
  }
  return found.sort((a, b) => a.step - b.step);
}

/** Are two series the same to the bit, length included? NaN equals NaN. */
export function seriesIdentical(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) return false;
  }
  return true;
}

function firstDifference(a: NormSeries, b: NormSeries): number | null {
  let i = 0;
  let j = 0;
  while (i < a.steps.length && j < b.steps.length) {
    const stepA = a.steps[i] ?? 0;
    const stepB = b.steps[j] ?? 0;
    if (stepA < stepB) i++;
    else if (stepB < stepA) j++;
    else {
      if (!Object.is(a.norms[i], b.norms[j])) return stepA;
      i++;
      j++;
    }
  }
  return null;
}

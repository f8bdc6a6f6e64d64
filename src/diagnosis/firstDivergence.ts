/** One number of a run by step, in order of steps. */
export interface StepSeries {
  steps: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** Differences smaller than this, against the numbers and against the first of them, are rounding. */
const ROUNDING = 1e-6;

/**
 * First step at which two runs of the same seed differ, for each parameter they share: the
 * recorded norms are compared to the bit, and NaN equals NaN. Parameters that never differ
 * are left out. Ordered by step.
 */
export function firstDivergence(
  off: ReadonlyMap<string, StepSeries>,
  on: ReadonlyMap<string, StepSeries>,
): {parameter: string; step: number}[] {
  const found: {parameter: string; step: number}[] = [];
  for (const [parameter, series] of off) {
    const other = on.get(parameter);
    const step = other === undefined ? null : firstDifference(series, other, Object.is);
    if (step !== null) found.push({parameter, step});
  }
  return found.sort((a, b) => a.step - b.step);
}

/**
 * Are two series the same to the bit, NaN being equal to NaN, at each step that both have? Of a long run the record is
 * thinned, and which steps are left depends on times and memory too, so that equal runs have different ones.
 */
export function seriesIdentical(a: StepSeries, b: StepSeries): boolean {
  return firstDifference(a, b, Object.is) === null;
}

/** The same but for rounding, which a sum in another order makes. */
export function seriesAlike(a: StepSeries, b: StepSeries): boolean {
  const first = Math.abs(a.values[0] ?? 0);
  const scale = Number.isFinite(first) ? first : 0;
  return firstDifference(a, b, (x, y) => {
    const size = Math.max(Math.abs(x), Math.abs(y), scale);
    return Object.is(x, y) || (size < Infinity && Math.abs(x - y) <= ROUNDING * size);
  }) === null;
}

function firstDifference(a: StepSeries, b: StepSeries, isSame: (a: number, b: number) => boolean): number | null {
  let i = 0;
  let j = 0;
  while (i < a.steps.length && j < b.steps.length) {
    const stepA = a.steps[i] ?? 0;
    const stepB = b.steps[j] ?? 0;
    if (stepA < stepB) i++;
    else if (stepB < stepA) j++;
    else {
      if (!isSame(a.values[i] ?? NaN, b.values[j] ?? NaN)) return stepA;
      i++;
      j++;
    }
  }
  return null;
}

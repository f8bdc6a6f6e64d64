const BEFORE = 60;
const AFTER = 40;
/** Points that are drawn; more are put together, keeping their largest. */
const MOST_POINTS = 100;

/** Values over steps: norms of a gradient, losses, counts. */
export interface ValueWindow {
  steps: number[];
  values: number[];
}

/** Values from some steps before `center` to some behind it; without a center all of them, thinned. */
export function valueWindow(step: Float64Array, value: Float64Array, center: number | null): ValueWindow {
  const from = center === null ? 0 : firstAtLeast(step, center - BEFORE);
  const to = center === null ? step.length : firstAtLeast(step, center + AFTER + 1);
  const width = Math.max(1, Math.ceil((to - from) / MOST_POINTS));
  const window: ValueWindow = {steps: [], values: []};
  for (let at = from; at < to; at += width) {
    let largest = NaN;
    for (let row = at; row < Math.min(at + width, to); row++) {
      const one = value[row] ?? NaN;
      if (!Number.isFinite(one)) {
        largest = one;
        break;
      }
      if (!(one <= largest)) largest = one;
    }
    window.steps.push(step[at] ?? NaN);
    window.values.push(largest);
  }
  return window;
}

/** Median of the values before a step; NaN without any. */
export function usualValue(step: Float64Array, value: Float64Array, before: number): number {
  const to = firstAtLeast(step, before);
  const values = value.slice(Math.max(0, to - 200), to).filter(Number.isFinite).sort();
  return values[values.length >> 1] ?? NaN;
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

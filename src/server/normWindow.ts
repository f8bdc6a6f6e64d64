import type {NormSeries} from './normSeries';

const BEFORE = 60;
const AFTER = 40;
/** Points that are drawn; more are put together, keeping their largest. */
const MOST_POINTS = 100;

/** Gradient norms around a step. */
export interface NormWindow {
  steps: number[];
  norms: number[];
}

/** Rows of a series from some steps before `center` to some behind it; without a center all of it, thinned. */
export function normWindow(series: NormSeries, center: number | null): NormWindow {
  const [step, norm] = [series.column('step'), series.column('norm')];
  const from = center === null ? 0 : firstAtLeast(step, center - BEFORE);
  const to = center === null ? step.length : firstAtLeast(step, center + AFTER + 1);
  const width = Math.max(1, Math.ceil((to - from) / MOST_POINTS));
  const window: NormWindow = {steps: [], norms: []};
  for (let at = from; at < to; at += width) {
    let largest = NaN;
    for (let row = at; row < Math.min(at + width, to); row++) {
      const value = norm[row] ?? NaN;
      if (!Number.isFinite(value)) {
        largest = value;
        break;
      }
      if (!(value <= largest)) largest = value;
    }
    window.steps.push(step[at] ?? NaN);
    window.norms.push(largest);
  }
  return window;
}

/** Median of the norms before a step; NaN without any. */
export function usualNorm(series: NormSeries, before: number): number {
  const [step, norm] = [series.column('step'), series.column('norm')];
  const to = firstAtLeast(step, before);
  const values = norm.slice(Math.max(0, to - 200), to).filter(Number.isFinite).sort();
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

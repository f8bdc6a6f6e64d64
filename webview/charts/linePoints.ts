import type {LineSeries} from './chartData';
import type {StepRange} from './linkedChart';

export interface Point {
  x: number;
  y: number;
}

/** Part of a series that is drawn, in groups of `stride` neighbours. */
export interface Span {
  start: number;
  end: number;
  stride: number;
}

/** First index whose step is not below `step`. */
export function lowerBound(x: ArrayLike<number>, step: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? NaN) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the step nearest to `step`; −1 where there is none. */
export function nearestIndex(x: ArrayLike<number>, step: number): number {
  const at = lowerBound(x, step);
  if (at === x.length) return x.length - 1;
  return at > 0 && step - (x[at - 1] ?? NaN) <= (x[at] ?? NaN) - step ? at - 1 : at;
}

/**
 * What of a series lies in the window, with one neighbour on each side so that lines reach the edge. Where there are more
 * than two values a pixel, neighbours are grouped; groups begin at multiples of the stride, so that they stay when the tail grows.
 */
export function spanOf(x: ArrayLike<number>, {from, to}: StepRange, pixels: number): Span {
  const start = Math.max(0, lowerBound(x, from) - 1);
  const end = Math.min(x.length, lowerBound(x, to) + 2);
  let stride = 1;
  if (end - start > 2 * pixels) while ((end - start) / stride > pixels) stride *= 2;
  return {start: start - (start % stride), end, stride};
}

/** Whether a value has a place on the axis. */
export function isShown(value: number | undefined, logarithmic: boolean): value is number {
  return value !== undefined && Number.isFinite(value) && (!logarithmic || value > 0);
}

/** Writes the points of a line into `points`, reusing them: every value, or lowest and highest of each group in their order. NaN where the axis can't show one. */
export function fillPoints(points: Point[], {x, y}: Pick<LineSeries, 'x' | 'y'>, {start, end, stride}: Span, logarithmic: boolean): void {
  let count = 0;
  const put = (i: number): void => {
    const value = y[i];
    const shown = isShown(value, logarithmic) ? value : NaN;
    const point = points[count];
    if (point) {
      point.x = x[i] ?? NaN;
      point.y = shown;
    } else points[count] = {x: x[i] ?? NaN, y: shown};
    count++;
  };
  for (let from = start; from < end; from += stride) {
    if (stride === 1) {
      put(from);
      continue;
    }
    let [low, high] = [-1, -1];
    for (let i = from; i < Math.min(end, from + stride); i++) {
      const value = y[i];
      if (!isShown(value, logarithmic)) continue;
      if (low < 0 || value < (y[low] ?? NaN)) low = i;
      if (high < 0 || value > (y[high] ?? NaN)) high = i;
    }
    if (low < 0) put(from);
    else {
      put(Math.min(low, high));
      if (low !== high) put(Math.max(low, high));
    }
  }
  points.length = count;
}

/** A band as it is drawn: steps and extremes of each group. */
export interface BandPoints {
  x: number[];
  low: number[];
  high: number[];
}

export function fillBand(band: BandPoints, x: ArrayLike<number>, {low, high}: NonNullable<LineSeries['band']>, {start, end, stride}: Span): void {
  let count = 0;
  for (let from = start; from < end; from += stride) {
    let [least, most] = [NaN, NaN];
    for (let i = from; i < Math.min(end, from + stride); i++) {
      const [a, b] = [low[i] ?? NaN, high[i] ?? NaN];
      if (Number.isFinite(a) && !(a >= least)) least = a;
      if (Number.isFinite(b) && !(b <= most)) most = b;
    }
    band.x[count] = x[from] ?? NaN;
    band.low[count] = least;
    band.high[count] = most;
    count++;
  }
  band.x.length = band.low.length = band.high.length = count;
}

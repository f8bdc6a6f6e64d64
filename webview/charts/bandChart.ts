import {chartNumber} from './chartNumber';
import type {ChartTheme} from './chartTheme';
import {drawLineChart, type ChartHandle, type Line} from './lineChart';

/** Mean, standard deviation and extremes of one parameter's gradient over steps. */
export interface BandChartData {
  x: ArrayLike<number>;
  mean: ArrayLike<number>;
  std: ArrayLike<number>;
  min: ArrayLike<number>;
  max: ArrayLike<number>;
  color: string;
  xRange: {min: number; max: number};
}

/** Draws the mean as a line, the standard deviation around it as a band, the extremes as a paler one. */
export function drawBandChart(place: HTMLElement, canvas: HTMLCanvasElement, data: BandChartData, theme: ChartTheme): ChartHandle {
  const line = (label: string, y: ArrayLike<number>, parts: Partial<Line>): Line =>
    ({label, x: data.x, y, color: data.color, width: 1, dash: [], alpha: 0.45, endLabel: null, markRow: null, areaFrom: null, ...parts});
  const above = Array.from(data.mean, (mean, i) => mean + (data.std[i] ?? NaN));
  const below = Array.from(data.mean, (mean, i) => mean - (data.std[i] ?? NaN));
  return drawLineChart(place, canvas, {
    lines: [
      line('max', data.max, {dash: [2, 2], areaFrom: data.min}),
      line('min', data.min, {dash: [2, 2]}),
      line('mean + std', above, {areaFrom: below, alpha: 0.7}),
      line('mean', data.mean, {width: 2, alpha: 1, markRow: 0}),
    ],
    xLabel: 'step', yLabel: 'gradient', logarithmic: false, xRange: data.xRange,
  }, theme);
}

/** What a band chart shows, in words. */
export function bandSummary({mean, std, min, max}: BandChartData): string {
  const last = mean.length - 1;
  const finite = (values: ArrayLike<number>): number[] => Array.from(values).filter(Number.isFinite);
  return `Last mean ${chartNumber(mean[last])}, last standard deviation ${chartNumber(std[last])}, smallest element ${chartNumber(Math.min(...finite(min)))}, largest ${chartNumber(Math.max(...finite(max)))}.`;
}

import * as l10n from '@vscode/l10n';
import type {BandChartData, BandSeries, LineChartData, LineSeries} from './chartData';
import {chartNumber} from './chartNumber';
import {StepLines} from './lineChart';

/** The mean of one parameter's gradient as a line, the standard deviation around it as a band, the extremes as a paler one. */
export class BandChart extends StepLines<BandChartData> {
  protected linesOf({series, range}: BandChartData): LineChartData {
    return {series: series.flatMap(bandLines), yLabel: l10n.t('gradient'), logarithmic: false, range, baseline: null};
  }
}

function bandLines({label, x, mean, std, min, max, flags, color, dash}: BandSeries, row: number): LineSeries[] {
  const line = (what: string, y: ArrayLike<number>, parts: Partial<LineSeries>): LineSeries =>
    ({label: label ? l10n.t('{0}, {1}', label, what) : what, x, y, flags, color, width: 1, dash: [], alpha: 0.45, endLabel: null, markRow: null, band: null, ...parts});
  const above = Float64Array.from(mean, (value, i) => value + (std[i] ?? NaN));
  const below = Float64Array.from(mean, (value, i) => value - (std[i] ?? NaN));
  return [
    line(l10n.t('mean'), mean, {width: 2, alpha: 1, markRow: row, dash}),
    line(l10n.t('mean + std'), above, {band: {low: below, high: above}, alpha: 0.7}),
    line(l10n.t('max'), max, {dash: [2, 2], band: {low: min, high: max}}),
    line(l10n.t('min'), min, {dash: [2, 2]}),
  ];
}

/** What a band chart shows, in words. */
export function bandSummary({mean, std, min, max}: Pick<BandSeries, 'mean' | 'std' | 'min' | 'max'>): string {
  const last = mean.length - 1;
  const extreme = (values: ArrayLike<number>, better: (a: number, b: number) => number): number => Array.from(values).filter(Number.isFinite).reduce(better, NaN);
  return l10n.t('Last mean {0}, last standard deviation {1}, smallest element {2}, largest {3}.', chartNumber(mean[last]), chartNumber(std[last]),
    chartNumber(extreme(min, (a, b) => (b >= a ? a : b))), chartNumber(extreme(max, (a, b) => (b <= a ? a : b))));
}

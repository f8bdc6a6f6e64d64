import * as l10n from '@vscode/l10n';
import type {BandSeries, BarSeries, HeatStripData, HistogramHeatData, LineSeries} from '../../charts/chartData';
import {chartNumber} from '../../charts/chartNumber';
import {count} from '../words';

/** Curves in words: where each began and stands, its extremes, and what was not finite. */
export function lineSummary(series: readonly LineSeries[]): string {
  if (series.length === 0) return l10n.t('Nothing recorded yet.');
  return series.map(({label, x, y, flags}) => {
    const finite = Array.from(y).filter(Number.isFinite);
    if (finite.length === 0) return l10n.t('{0}: no finite value.', label);
    const [low, high] = extremes(finite);
    const said = l10n.t('{0}: from {1} to {2}, lowest {3}, highest {4}.', label, chartNumber(finite[0]), chartNumber(finite.at(-1)), chartNumber(low), chartNumber(high));
    const broken = flags === null ? -1 : Array.from(flags).findIndex((flag) => flag !== 0);
    return broken < 0 ? said : `${said} ${l10n.t('Not finite from step {0} on.', count(x[broken] ?? NaN))}`;
  }).join(' ');
}

export function bandSummary(series: readonly BandSeries[]): string {
  if (series.length === 0) return l10n.t('Nothing recorded yet.');
  return series.map(({label, mean, std, min, max}) => {
    const last = mean.length - 1;
    const [low] = extremes(Array.from(min).filter(Number.isFinite));
    const [, high] = extremes(Array.from(max).filter(Number.isFinite));
    const text = l10n.t('Last mean {0}, last standard deviation {1}, smallest element {2}, largest {3}.', chartNumber(mean[last]), chartNumber(std[last]), chartNumber(low), chartNumber(high));
    return label === '' ? text : `${label}: ${text}`;
  }).join(' ');
}

/** The loudest and the quietest row at the last bucket, and rows that hold what is not finite. */
export function heatSummary({rows, values, flags}: HeatStripData): string {
  const buckets = rows.length === 0 ? 0 : Math.floor(values.length / rows.length);
  if (buckets === 0) return l10n.t('Nothing recorded yet.');
  const last = rows.map(({label}, row) => ({label, value: values[(buckets - 1) * rows.length + row] ?? NaN})).filter(({value}) => Number.isFinite(value)).sort((a, b) => b.value - a.value);
  const broken = rows.filter((_, row) => Array.from({length: buckets}, (__, bucket) => flags[bucket * rows.length + row]).some((flag) => flag)).map(({label}) => label);
  const [most, least] = [last[0], last.at(-1)];
  return [
    l10n.t('Parameters: {0}.', rows.length),
    most && least ? l10n.t('Last largest {0} with {1}, smallest {2} with {3}.', most.label, chartNumber(most.value), least.label, chartNumber(least.value)) : '',
    broken.length > 0 ? l10n.t('Not finite at some step: {0}.', broken.join(', ')) : '',
  ].filter((part) => part !== '').join(' ');
}

export function barSummary(series: readonly BarSeries[]): string {
  if (series.length === 0) return l10n.t('Nothing sampled yet.');
  return series.map(({label, counts}) => l10n.t('{0}: {1} elements.', label, count(Array.from(counts).reduce((sum, value) => sum + value, 0)))).join(' ');
}

function extremes(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}

export function histogramSummary({steps, edges, shares}: HistogramHeatData): string {
  const rows = edges.length - 1;
  const last = steps.length - 1;
  if (last < 0) return l10n.t('Nothing sampled yet.');
  const held = Array.from({length: rows}, (_, row) => row).filter((row) => (shares[last * rows + row] ?? 0) > 0);
  return l10n.t('Samples: {0}. At step {1} the elements lie from {2} to {3}.', steps.length, count(steps[last] ?? NaN), chartNumber(edges[held[0] ?? 0]), chartNumber(edges[(held.at(-1) ?? rows - 1) + 1]));
}

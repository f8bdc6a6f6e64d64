import * as l10n from '@vscode/l10n';
import {binEdges} from '../../../src/protocol/histogram';
import {bucketFlag} from '../../../src/protocol/panel';
import type {BandSeries, BarSeries, DifferenceChartData, HeatStripData, HistogramHeatData, LineSeries} from '../../charts/chartData';
import {chartNumber} from '../../charts/chartNumber';
import {tableColumns, tableRows, type DataTable} from '../dataTable';
import {count} from '../words';

/** Curves over their common steps. */
export function lineTable(series: readonly LineSeries[]): DataTable {
  const steps = stepsOf(series);
  return {columns: [l10n.t('Step'), ...series.map(({label}) => label)], rows: tableRows(steps.length).map((i) => {
    const step = steps[i] ?? NaN;
    return [count(step), ...series.map((one) => {
      const at = bucketAt(one.x, step);
      return at < 0 ? '' : flagged(one.y[at], one.flags?.[at]);
    })];
  })};
}

export function bandTable(series: readonly BandSeries[]): DataTable {
  const steps = stepsOf(series);
  const words = {mean: l10n.t('mean'), std: l10n.t('std'), min: l10n.t('min'), max: l10n.t('max')};
  const columns = ['mean', 'std', 'min', 'max'] as const;
  return {
    columns: [l10n.t('Step'), ...series.flatMap(({label}) => columns.map((column) => (label === '' ? words[column] : `${label}, ${words[column]}`)))],
    rows: tableRows(steps.length).map((i) => {
      const step = steps[i] ?? NaN;
      return [count(step), ...series.flatMap((one) => {
        const at = bucketAt(one.x, step);
        return columns.map((column) => (at < 0 ? '' : flagged(one[column][at], one.flags?.[at])));
      })];
    }),
  };
}

/** Both losses at their common steps, and the second against the first. */
export function differenceTable({first, second, label, logarithmic}: DifferenceChartData): DataTable {
  const steps = stepsOf([first]).filter((step) => bucketAt(second.x, step) >= 0);
  return {columns: [l10n.t('Step'), label], rows: tableRows(steps.length).map((i) => {
    const step = steps[i] ?? NaN;
    const [one, other] = [first.y[bucketAt(first.x, step)] ?? NaN, second.y[bucketAt(second.x, step)] ?? NaN];
    return [count(step), chartNumber(logarithmic ? other / one : other - one)];
  })};
}

/** Shares of the elements by ranges of values, a column a sample. */
export function histogramTable({steps, edges, shares}: HistogramHeatData): DataTable {
  const rows = edges.length - 1;
  const columns = tableColumns(steps.length);
  return {
    columns: [l10n.t('From'), l10n.t('To'), ...columns.map((column) => l10n.t('step {0}', count(steps[column] ?? NaN)))],
    rows: Array.from({length: rows}, (_, row) => [chartNumber(edges[row]), chartNumber(edges[row + 1]), ...columns.map((column) => percent(shares[column * rows + row] ?? 0))]),
  };
}

function percent(share: number): string {
  return share === 0 ? '' : `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}

/** Norms of a heat strip: a row a parameter would be too wide, so a row a step. */
export function heatTable({rows, first, width, values, flags}: HeatStripData): DataTable {
  const buckets = rows.length === 0 ? 0 : values.length / rows.length;
  return {
    columns: [l10n.t('Step'), ...rows.map(({label}) => label)],
    rows: tableRows(buckets).map((bucket) => [count(first + bucket * width), ...rows.map((_, row) => flagged(values[bucket * rows.length + row], flags[bucket * rows.length + row]))]),
  };
}

export function barTable(series: readonly BarSeries[]): DataTable {
  const bins = [...new Set(series.flatMap((one) => Array.from(one.bins)))].sort((a, b) => binEdges(a).low - binEdges(b).low);
  return {
    columns: [l10n.t('From'), l10n.t('To'), ...series.map(({label}) => label)],
    rows: bins.map((bin) => {
      const {low, high} = binEdges(bin);
      return [chartNumber(low), chartNumber(high), ...series.map((one) => count(one.counts[Array.from(one.bins).indexOf(bin)] ?? 0))];
    }),
  };
}

/** A value, or what was not finite in its bucket. Nothing recorded: an empty cell. */
export function flagged(value: number | undefined, flags: number | undefined): string {
  if (value !== undefined && Number.isFinite(value) && !flags) return chartNumber(value);
  const bits = flags ?? 0;
  if (bits & bucketFlag.nan) return 'NaN';
  if (bits & bucketFlag.infinite) return '∞';
  return value === undefined || Number.isNaN(value) ? '' : chartNumber(value);
}

function stepsOf(series: readonly {x: ArrayLike<number>}[]): number[] {
  return [...new Set(series.flatMap(({x}) => Array.from(x)))].sort((a, b) => a - b);
}

function bucketAt(x: ArrayLike<number>, step: number): number {
  let [low, high] = [0, x.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = x[middle] ?? NaN;
    if (value === step) return middle;
    if (value < step) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

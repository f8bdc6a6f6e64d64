import type {ChartOptions} from 'chart.js';
import * as l10n from '@vscode/l10n';
import type {LineChartData} from './chartData';
import {chartNumber, logTicks, logTickText, wholeNumber} from './chartNumber';
import type {ChartTheme} from './chartTheme';
import type {ChartSettings, StepRange} from './linkedChart';
import {isShown, type Span} from './linePoints';

export interface ValueRange {
  min: number;
  max: number;
}

export type Scales = NonNullable<ChartOptions<'line'>['scales']>;

/** Axes of a line chart; the ranges are set before each update. @param range of the values as they are then */
export function lineScales({yLabel, logarithmic}: LineChartData, theme: ChartTheme, {locale, gutter}: Pick<ChartSettings, 'locale' | 'gutter'>, range: () => ValueRange): Scales {
  const font = {family: theme.fontFamily, size: 12};
  const axis = {
    grid: {color: theme.rule, drawTicks: false},
    border: {display: false},
    ticks: {color: theme.muted, font, padding: 6, maxTicksLimit: 8},
  };
  const title = (text: string): object => ({display: true, text, color: theme.muted, font, align: 'end', padding: 0});
  return {
    x: {
      ...axis, type: 'linear', grid: {display: false}, title: {...title(l10n.t('step')), display: gutter === undefined},
      ticks: {...axis.ticks, maxRotation: 0, align: gutter === undefined ? 'center' : 'inner', includeBounds: false, callback: (value) => (Number.isInteger(Number(value)) ? wholeNumber(Number(value), locale) : null)},
    },
    y: {...axis, ...(gutter === undefined ? {} : {afterFit: (scale: {width: number}) => { scale.width = gutter; }}), ...(logarithmic ? logarithmicAxis(axis.ticks, range) : linearAxis(axis.ticks, range)), title: {...title(yLabel), display: false}} as Scales[string],
  };
}

/** Of its own the library names as many digits as fit, and draws a line for each. */
function logarithmicAxis(ticks: object, range: () => ValueRange): object {
  return {
    type: 'logarithmic',
    afterBuildTicks: (scale: {ticks: {value: number}[]}) => { scale.ticks = logTicks(range().min, range().max).map((value) => ({value})); },
    ticks: {...ticks, autoSkip: false, callback: (value: string | number) => logTickText(Number(value))},
  };
}

/** Ticks are sums of the step between them, which leaves crumbs where zero should be. */
function linearAxis(ticks: object, range: () => ValueRange): object {
  return {
    type: 'linear',
    ticks: {
      ...ticks, includeBounds: false,
      callback: (value: string | number) => chartNumber(Math.abs(Number(value)) < (range().max - range().min) * 1e-9 ? 0 : Number(value)),
    },
  };
}

/** Values that the axis must hold: those in the window, with some room. */
export function valueRange({series, logarithmic, baseline}: LineChartData, spans: readonly Span[], {from, to}: StepRange): ValueRange {
  let [min, max] = [Infinity, -Infinity];
  series.forEach(({x, y, band}, at) => {
    const {start, end} = spans[at] ?? {start: 0, end: 0};
    for (const values of band ? [y, band.low, band.high] : [y]) {
      for (let i = start; i < end; i++) {
        const value = values[i];
        const step = x[i] ?? NaN;
        if (!isShown(value, logarithmic) || step < from || step > to) continue;
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
  });
  if (min > max) return logarithmic ? {min: 0.1, max: 1} : {min: 0, max: 1};
  if (baseline !== null && isShown(baseline, logarithmic)) [min, max] = [Math.min(min, baseline), Math.max(max, baseline)];
  if (logarithmic) return logarithmicRoom(min, max);
  const room = (max - min || Math.abs(max) || 1) * 0.06;
  return {min: min >= 0 && min - room < 0 ? 0 : Math.max(-Number.MAX_VALUE, min - room), max: Math.min(Number.MAX_VALUE, max + room)};
}

function logarithmicRoom(min: number, max: number): ValueRange {
  const factor = max / min < 10 ? 1.5 : 1.2;
  return {min: Math.max(Number.MIN_VALUE, min / factor), max: Math.min(Number.MAX_VALUE, max * factor)};
}

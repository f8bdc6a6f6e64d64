import type {ChartOptions} from 'chart.js';
import * as l10n from '@vscode/l10n';
import type {LineChartData} from './chartData';
import {chartNumber, logTickText, wholeNumber} from './chartNumber';
import {ruleColor, type ChartTheme} from './chartTheme';
import type {ChartSettings, StepRange} from './linkedChart';
import {isShown, type Span} from './linePoints';
import {LinearValues, LogarithmicValues, Steps} from './valueScales';

export interface ValueRange {
  min: number;
  max: number;
}

export type Scales = NonNullable<ChartOptions<'line'>['scales']>;

/** Axes of a line chart; the ranges are set before each update. */
export function lineScales({yLabel, logarithmic}: LineChartData, theme: ChartTheme, {locale, gutter}: Pick<ChartSettings, 'locale' | 'gutter'>): Scales {
  const font = {family: theme.fontFamily, size: 12};
  const axis = {
    grid: {color: ruleColor(theme), drawTicks: false},
    border: {display: false},
    ticks: {color: theme.muted, font, padding: 6, maxTicksLimit: 8},
  };
  const title = (text: string): object => ({display: true, text, color: theme.muted, font, align: 'end', padding: 0});
  const scales = {
    x: {
      ...axis, type: Steps.id, grid: {display: false, drawTicks: false}, title: {...title(l10n.t('step')), display: gutter === undefined},
      // Labels lie within the plot: the room for their overhang would keep it from the common edge.
      ...(gutter === undefined ? {} : {afterFit: (scale: {paddingLeft: number; paddingRight: number}) => { scale.paddingLeft = scale.paddingRight = 0; }}),
      ticks: {...axis.ticks, maxRotation: 0, align: gutter === undefined ? 'center' : 'inner', callback: (value: string | number) => wholeNumber(Number(value), locale)},
    },
    y: {
      ...axis, type: logarithmic ? LogarithmicValues.id : LinearValues.id, title: {...title(yLabel), display: false},
      ...(gutter === undefined ? {} : {afterFit: (scale: {width: number}) => { scale.width = gutter; }}),
      ticks: {...axis.ticks, autoSkip: !logarithmic, callback: (value: string | number) => (logarithmic ? logTickText(Number(value)) : chartNumber(Number(value)))},
    },
  };
  return scales as unknown as Scales;
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
  // Half the largest double is as far as the span between both ends is a number.
  const most = Number.MAX_VALUE / 2;
  const room = (Math.min(max, most) - Math.max(min, -most) || Math.abs(max) || 1) * 0.06;
  return {min: min >= 0 && min - room < 0 ? 0 : Math.max(-most, min - room), max: max > most ? Number.MAX_VALUE / (min < 0 ? 2 : 1) : max + room};
}

function logarithmicRoom(min: number, max: number): ValueRange {
  const factor = max / min < 10 ? 1.5 : 1.2;
  return {min: Math.max(Number.MIN_VALUE, min / factor), max: Math.min(Number.MAX_VALUE, max * factor)};
}

import {Chart, Filler, LineController, LineElement, LinearScale, LogarithmicScale, PointElement, Tooltip, type ChartDataset, type ChartOptions} from 'chart.js';
import {chartNumber, logTicks, logTickText} from './chartNumber';
import {withAlpha, type ChartTheme} from './chartTheme';
import {ChartTooltip} from './chartTooltip';
import {endLabelPlugin, type EndLabel} from './endLabels';
import {MARK_ROW, markPlugin, nonFiniteMarks, type NonFiniteMark} from './nonFiniteMarks';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler, Tooltip);

export interface Line {
  label: string;
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  color: string;
  /** In CSS pixels. */
  width: number;
  dash: number[];
  alpha: number;
  /** Name at the end of the line; null for none. */
  endLabel: string | null;
  /** Row of its marks above the plot; null: another line of the same steps has them. */
  markRow: number | null;
  /** Lower edge of an area from this line; null for none. */
  areaFrom: ArrayLike<number> | null;
}

export interface LineChartData {
  lines: Line[];
  xLabel: string;
  yLabel: string;
  logarithmic: boolean;
  xRange: {min: number; max: number};
}

export interface ChartHandle {
  destroy(): void;
}

/** Draws lines over steps into `place`, which sets the size. */
export function drawLineChart(place: HTMLElement, canvas: HTMLCanvasElement, data: LineChartData, theme: ChartTheme): ChartHandle {
  const marks = data.lines.flatMap(({x, y, color, markRow}): NonFiniteMark[] =>
    (markRow === null ? [] : nonFiniteMarks(x, y, data.logarithmic).map((mark) => ({...mark, color, row: markRow}))));
  const rows = marks.reduce((most, {row, kind}) => (kind === 'zero' ? most : Math.max(most, row + 1)), 0);
  const labels = data.lines.flatMap(endLabelOf);
  const tooltip = new ChartTooltip(place);
  const font = {family: theme.fontFamily, size: 12};
  const axis = {
    grid: {color: theme.rule, drawTicks: false},
    border: {display: false},
    ticks: {color: theme.muted, font, padding: 6, maxTicksLimit: 8},
  };
  const chart = new Chart(canvas, {
    type: 'line',
    data: {datasets: data.lines.flatMap((line) => datasetsOf(line, data.logarithmic))},
    plugins: [markPlugin(marks), endLabelPlugin(labels, theme.fontFamily)],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
      layout: {padding: {top: Math.max(8, rows * MARK_ROW + 4), right: labels.length > 0 ? 88 : 12}},
      interaction: {mode: 'nearest', axis: 'x', intersect: false},
      elements: {point: {radius: 0, hoverRadius: 3, hitRadius: 6}},
      scales: {
        x: {...axis, type: 'linear', ...data.xRange, grid: {display: false}, title: {display: true, text: data.xLabel, color: theme.muted, font, align: 'end', padding: 0},
          ticks: {...axis.ticks, maxRotation: 0, includeBounds: false, callback: (value) => (Number.isInteger(Number(value)) ? Number(value).toLocaleString('en') : null)}},
        y: valueAxis(data, axis),
      },
      plugins: {
        tooltip: {
          enabled: false,
          external: ({tooltip: model}) => {
            if (model.opacity === 0) {
              tooltip.hide();
              return;
            }
            const points = model.dataPoints.filter(({dataset}) => dataset.label !== '');
            const step = (points[0]?.raw as {x: number} | undefined)?.x ?? NaN;
            tooltip.show(model.caretX, model.caretY, `Step ${step.toLocaleString('en')}`, [...points.map(({dataset, raw}) => `${dataset.label ?? ''}: ${chartNumber((raw as {y: number}).y)}`),
              ...marks.filter(({x}) => x === step).map(({kind}) => (kind === 'nan' ? 'NaN here' : kind === 'infinite' ? 'infinite here' : 'zero here'))]);
          },
        },
      },
    },
  });
  return {destroy: () => { chart.destroy(); tooltip.remove(); }};
}

type Scales = NonNullable<ChartOptions<'line'>['scales']>;

function valueAxis(data: LineChartData, axis: Scales[string]): Scales[string] {
  const range = valueRange(data);
  if (data.logarithmic) {
    // Of its own the library names as many digits as fit, and draws a line for each.
    return {
      ...axis, type: 'logarithmic', ...range,
      afterBuildTicks: (scale: {ticks: {value: number}[]}) => { scale.ticks = logTicks(range.min, range.max).map((value) => ({value})); },
      ticks: {...axis?.ticks, autoSkip: false, callback: (value: string | number) => logTickText(Number(value))},
    } as Scales[string];
  }
  // Ticks are sums of the step between them, which leaves crumbs where zero should be.
  const crumb = (range.max - range.min) * 1e-9;
  const tick = (value: number): string => chartNumber(Math.abs(value) < crumb ? 0 : value);
  return {...axis, type: 'linear', ...range, ticks: {...axis?.ticks, includeBounds: false, callback: (value: string | number) => tick(Number(value))}} as Scales[string];
}

function datasetsOf(line: Line, logarithmic: boolean): ChartDataset<'line', {x: number; y: number}[]>[] {
  const color = withAlpha(line.color, line.alpha);
  const shown = (y: number): number => (Number.isFinite(y) && (!logarithmic || y > 0) ? y : NaN);
  const points = (y: ArrayLike<number>): {x: number; y: number}[] => Array.from(line.x, (x, i) => ({x, y: shown(y[i] ?? NaN)}));
  const main = {
    label: line.label, data: points(line.y), borderColor: color, backgroundColor: color, borderWidth: line.width, borderDash: line.dash, borderJoinStyle: 'round' as const,
    pointRadius: lonelyPoints(line, shown),
  };
  if (line.areaFrom === null) return [main];
  return [
    {...main, fill: '+1', backgroundColor: withAlpha(line.color, 0.14)},
    {label: '', data: points(line.areaFrom), borderWidth: 0, pointRadius: 0, pointHoverRadius: 0},
  ];
}

/** A value between two that can't be shown has no line: it is drawn as a point. */
function lonelyPoints({x, y, width}: Line, shown: (y: number) => number): number[] {
  const there = (i: number): boolean => Number.isFinite(shown(y[i] ?? NaN));
  return Array.from(x, (_, i) => (there(i) && !there(i - 1) && !there(i + 1) ? width : 0));
}

function endLabelOf(line: Line): EndLabel[] {
  if (line.endLabel === null) return [];
  for (let i = line.x.length - 1; i >= 0; i--) {
    const y = line.y[i] ?? NaN;
    if (Number.isFinite(y)) return [{text: line.endLabel, color: line.color, x: line.x[i] ?? NaN, y}];
  }
  return [];
}

function valueRange({lines, logarithmic}: LineChartData): {min: number; max: number} {
  let min = Infinity;
  let max = -Infinity;
  for (const {y, areaFrom} of lines) {
    for (const values of areaFrom ? [y, areaFrom] : [y]) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i] ?? NaN;
        if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
    }
  }
  if (min > max) return logarithmic ? {min: 0.1, max: 1} : {min: 0, max: 1};
  if (logarithmic) return max / min < 10 ? {min: min / 1.5, max: max * 1.5} : {min: min / 1.2, max: max * 1.2};
  const room = (max - min || Math.abs(max) || 1) * 0.06;
  return {min: min >= 0 && min - room < 0 ? 0 : min - room, max: max + room};
}

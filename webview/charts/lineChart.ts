import {Chart, LineController, LineElement, PointElement, type ChartDataset, type ChartOptions, type Plugin} from 'chart.js';
import * as l10n from '@vscode/l10n';
import type {LineChartData, LineSeries} from './chartData';
import {chartNumber, wholeNumber} from './chartNumber';
import type {ChartTheme} from './chartTheme';
import {withAlpha} from './cssColor';
import type {CursorDot} from './cursorLayer';
import {paintEndLabels, type EndLabel} from './endLabels';
import {paintBands, paintBaseline, paintLonely, paintStepMarks} from './linePainting';
import {fillBand, fillPoints, nearestIndex, spanOf, type BandPoints, type Point, type Span} from './linePoints';
import {lineScales, valueRange, type Scales, type ValueRange} from './lineScales';
import type {DrawnSeries, StepRange} from './linkedChart';
import {MARK_ROW, nonFiniteMarks, paintNonFinite, type NonFiniteMark} from './nonFiniteMarks';
import {StepChart, type PlotArea} from './stepChart';
import {LinearValues, LogarithmicValues, Steps} from './valueScales';

Chart.register(LineController, LineElement, PointElement, LinearValues, LogarithmicValues, Steps);

const LABEL_ROOM = 88;

type Dataset = ChartDataset<'line', Point[]>;

/** Curves over steps, of data that are turned into series. */
export abstract class StepLines<Data extends {range: StepRange}> extends StepChart<Data> {
  private chart: Chart<'line', Point[]> | null = null;
  private lines: LineChartData | null = null;
  private bands: BandPoints[] = [];
  private nonFinite: NonFiniteMark[] = [];
  private ends: EndLabel[] = [];
  private values: ValueRange = {min: 0, max: 1};
  private styled: {theme: ChartTheme; logarithmic: boolean} | null = null;

  override destroy(): void {
    this.chart?.destroy();
    super.destroy();
  }

  plot(): PlotArea {
    const {left = 0, right = 0, top = 0, bottom = 0} = this.chart?.chartArea ?? {};
    return {left, right, top, bottom};
  }

  protected abstract linesOf(data: Data): LineChartData;

  protected wantedHeight(): null {
    return null;
  }

  protected paint(data: Data): void {
    const lines = this.lines = this.linesOf(data);
    const {series, logarithmic} = lines;
    const shown = this.shown();
    const pixels = Math.max(64, this.width);
    const spans = series.map(({x}) => spanOf(x, shown, pixels));
    this.values = valueRange(lines, spans, shown);
    this.nonFinite = series.flatMap((one): NonFiniteMark[] => {
      const {markRow, color} = one;
      return markRow === null ? [] : nonFiniteMarks(one, logarithmic).map((mark) => ({...mark, color, row: markRow}));
    });
    this.ends = series.flatMap((one) => endLabelOf(one, logarithmic, shown));
    this.bands = series.map(({x, band}, i): BandPoints => {
      const points = this.bands[i] ?? {x: [], low: [], high: []};
      fillBand(points, x, band ?? {low: [], high: []}, band && spans[i] ? spans[i] : {start: 0, end: 0, stride: 1});
      return points;
    });
    this.show(lines, spans, shown);
  }

  protected drawn(): DrawnSeries[] {
    const {chart, lines} = this;
    if (!chart || !lines) return [];
    const pixel = (x: number, y: number): Point => ({x: chart.scales.x?.getPixelForValue(x) ?? NaN, y: chart.scales.y?.getPixelForValue(y) ?? NaN});
    const of = (label: string, kind: DrawnSeries['kind'], x: number[], y: number[]): DrawnSeries => ({label, kind, x, y, pixels: x.map((step, i) => pixel(step, y[i] ?? NaN))});
    const all = chart.data.datasets.flatMap(({label = '', data}, i): DrawnSeries[] => {
      const elements = chart.getDatasetMeta(i).data;
      const band = this.bands[i];
      return [
        {label, kind: 'line', x: data.map(({x}) => x), y: data.map(({y}) => y), pixels: data.map((_, at) => ({x: elements[at]?.x ?? NaN, y: elements[at]?.y ?? NaN}))},
        ...(band && lines.series[i]?.band ? [of(label, 'low', [...band.x], [...band.low]), of(label, 'high', [...band.x], [...band.high])] : []),
      ];
    });
    const events = this.marks.filter(({step}) => step >= this.shown().from && step <= this.shown().to);
    return [
      ...all,
      ...events.map(({step, text}): DrawnSeries => ({label: text, kind: 'mark', x: [step], y: [NaN], pixels: [{x: this.xOf(step), y: this.glyphRow(chart)}]})),
      ...this.nonFinite.map(({x, kind}): DrawnSeries => ({label: kind, kind: 'mark', x: [x], y: [NaN], pixels: [{x: this.xOf(x), y: NaN}]})),
    ];
  }

  protected recordedStep(step: number): number | null {
    let best: number | null = null;
    const {from, to} = this.shown();
    for (const {x} of this.lines?.series ?? []) {
      const at = x[nearestIndex(x, step)];
      if (at !== undefined && at >= from && at <= to && (best === null || Math.abs(at - step) < Math.abs(best - step))) best = at;
    }
    return best;
  }

  protected wordsAt(x: number): {title: string; lines: string[]} | null {
    const step = this.recordedStep(this.stepAt(x));
    if (step === null) return null;
    const said = (this.lines?.series ?? []).flatMap(({label, x: steps, y}) => {
      const value = y[nearestIndex(steps, step)];
      return value === undefined || Number.isNaN(value) ? [] : [l10n.t('{0}: {1}', label, chartNumber(value))];
    });
    const words = {nan: l10n.t('NaN here'), infinite: l10n.t('infinite here'), zero: l10n.t('zero here')};
    const broken = this.nonFinite.filter((mark) => mark.x === step).map(({kind}) => words[kind]);
    return {title: l10n.t('Step {0}', wholeNumber(step, this.settings.locale)), lines: [...said, ...broken, ...this.marks.filter((mark) => mark.step === step).map(({text}) => text)]};
  }

  protected override dotsAt(step: number): CursorDot[] {
    const {top, bottom} = this.plot();
    return (this.lines?.series ?? []).flatMap(({x, y, color, alpha}): CursorDot[] => {
      const at = nearestIndex(x, step);
      const pixel = x[at] === step && alpha === 1 ? (this.chart?.scales.y?.getPixelForValue(y[at] ?? NaN) ?? NaN) : NaN;
      return pixel >= top && pixel <= bottom ? [{y: pixel, color}] : [];
    });
  }

  private show(lines: LineChartData, spans: readonly Span[], shown: StepRange): void {
    const datasets = this.chart?.data.datasets ?? [];
    lines.series.forEach((series, i) => {
      const dataset = datasets[i] ??= {data: []};
      restyle(dataset, series);
      fillPoints(dataset.data, series, spans[i] ?? {start: 0, end: 0, stride: 1}, lines.logarithmic);
    });
    datasets.length = lines.series.length;
    const isAligned = this.settings.gutter !== undefined;
    const layout = {autoPadding: !isAligned, padding: {top: Math.max(8, this.markRows() * MARK_ROW + 4), right: this.ends.length > 0 ? LABEL_ROOM : isAligned ? 0 : 12}};
    const scales = this.styled?.theme === this.theme && this.styled.logarithmic === lines.logarithmic ? null : lineScales(lines, this.theme, this.settings);
    this.styled = {theme: this.theme, logarithmic: lines.logarithmic};
    const limit = ({x, y}: Scales): void => { if (x && y) [x.min, x.max, y.min, y.max] = [shown.from, shown.to, this.values.min, this.values.max]; };
    if (!this.chart) {
      limit(scales ?? {});
      this.chart = this.create(datasets, {layout, scales: scales ?? {}});
      return;
    }
    const {chart} = this;
    if (chart.width !== this.width || chart.height !== this.height) chart.resize(this.width, this.height);
    if (scales) chart.options.scales = scales;
    limit(chart.options.scales ?? {});
    Object.assign(chart.options.layout ?? {}, layout);
    chart.update('none');
  }

  private create(datasets: Dataset[], options: Pick<ChartOptions<'line'>, 'layout' | 'scales'>): Chart<'line', Point[]> {
    [this.canvas.width, this.canvas.height] = [this.width, this.height];
    const painting: Plugin<'line'> = {
      id: 'singscope',
      beforeDatasetsDraw: (chart) => {
        if (!this.lines) return;
        paintBaseline(chart, this.lines.baseline, this.theme);
        paintBands(chart, this.lines.series, this.bands, this.theme);
      },
      afterDatasetsDraw: (chart) => {
        if (!this.lines) return;
        paintLonely(chart, this.lines.series);
        paintStepMarks(chart, this.marks, this.glyphRow(chart), this.theme);
        paintNonFinite(chart, this.nonFinite);
        paintEndLabels(chart, this.ends, this.theme.fontFamily);
      },
    };
    return new Chart<'line', Point[]>(this.canvas, {
      type: 'line', data: {datasets}, plugins: [painting],
      options: {
        ...options, animation: false, responsive: false, maintainAspectRatio: false, parsing: false, normalized: true, events: [],
        elements: {point: {radius: 0, hitRadius: 0, hoverRadius: 0}},
      },
    });
  }

  /** Rows above the plot: those of what is not finite, and one for what happened. */
  private markRows(): number {
    const own = this.nonFinite.reduce((most, {row, kind}) => (kind === 'zero' ? most : Math.max(most, row + 1)), 0);
    return own + (this.marks.length > 0 ? 1 : 0);
  }

  private glyphRow({chartArea}: Chart): number {
    return chartArea.top - MARK_ROW * (this.markRows() - 0.5);
  }
}

/** Several curves over steps. */
export class LineChart extends StepLines<LineChartData> {
  protected linesOf(data: LineChartData): LineChartData {
    return data;
  }
}

function restyle(dataset: Dataset, {label, color, alpha, width, dash}: LineSeries): void {
  const stroke = withAlpha(color, alpha);
  Object.assign(dataset, {label, borderColor: stroke, backgroundColor: stroke, borderWidth: width, borderDash: dash, borderJoinStyle: 'round'});
}

function endLabelOf({endLabel, x, y, color}: LineSeries, logarithmic: boolean, {from, to}: StepRange): EndLabel[] {
  if (endLabel === null) return [];
  for (let i = x.length - 1; i >= 0; i--) {
    const [step, value] = [x[i] ?? NaN, y[i] ?? NaN];
    if (step < from) break;
    if (step <= to && Number.isFinite(value) && (!logarithmic || value > 0)) return [{text: endLabel, color, y: value}];
  }
  return [];
}

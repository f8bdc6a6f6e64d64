import * as l10n from '@vscode/l10n';
import {barCounts, specialKinds, type BarCounts, type SpecialKind} from './barCounts';
import type {BarSeries, HistogramBarsData} from './chartData';
import {chartNumber, logTickText} from './chartNumber';
import {ruleColor, type ChartTheme} from './chartTheme';
import {withAlpha} from './cssColor';
import {rowEdges} from './histogramRows';
import type {ChartCanvas, ChartSettings, DrawnSeries, LinkedChart} from './linkedChart';
import {fitCanvas} from './stepChart';

const HEIGHT = 190;
const HEAD = 20;
const FOOT = 20;
const GUTTER = 56;
const BETWEEN = 28;
/** Width of a bar of what stands apart, and the gap before the first. */
const SLOT = 30;
const APART = 14;
/** Where a logarithmic axis of counts begins, so that one element has a height. */
const LEAST = 0.5;

interface Panel {
  series: readonly number[];
  left: number;
  /** End of the values, and of all. */
  values: number;
  right: number;
}

/** Histograms of single steps as bars. It has no steps: cursor, marks and window leave it alone. */
export class HistogramBars implements LinkedChart<HistogramBarsData> {
  readonly canvas: ChartCanvas;
  private theme: ChartTheme;
  private data: HistogramBarsData | null = null;
  private edges: Float64Array = new Float64Array(0);
  private counts: BarCounts[] = [];
  private width = 0;
  private readonly observer: ResizeObserver;

  constructor(private readonly place: HTMLElement, settings: Pick<ChartSettings, 'theme'>) {
    this.theme = settings.theme;
    this.canvas = Object.assign(document.createElement('canvas'), {drawn: () => this.drawn()});
    place.append(this.canvas);
    this.observer = new ResizeObserver(() => { if (this.place.clientWidth !== this.width) this.draw(); });
    this.observer.observe(place);
  }

  update(data: HistogramBarsData): void {
    this.data = data;
    this.edges = rowEdges(data.series, data.linear);
    this.counts = data.series.map((series) => barCounts(series, this.edges));
    this.draw();
  }

  setCursor(): void {}
  setMarks(): void {}
  setWindow(): void {}

  setTheme(theme: ChartTheme): void {
    this.theme = theme;
    this.draw();
  }

  destroy(): void {
    this.observer.disconnect();
    this.canvas.remove();
  }

  private draw(): void {
    this.width = this.place.clientWidth;
    const {data} = this;
    if (!data || this.width === 0) return;
    const ctx = fitCanvas(this.canvas, this.width, HEIGHT);
    ctx.clearRect(0, 0, this.width, HEIGHT);
    this.paintCountAxis(ctx, data);
    for (const panel of this.panels()) {
      for (const at of panel.series) this.paintSeries(ctx, panel, at);
      this.paintValueAxis(ctx, panel);
      panel.series.forEach((at, line) => { this.paintName(ctx, panel, data.series[at], line); });
    }
  }

  private drawn(): DrawnSeries[] {
    return this.panels().flatMap((panel) => panel.series.flatMap((at): DrawnSeries[] => {
      const label = this.data?.series[at]?.label ?? '';
      const {rows = [], special} = this.counts[at] ?? {};
      const apart = this.apart().map((kind, slot): DrawnSeries => {
        const count = special?.[kind] ?? 0;
        return {label: `${label}: ${kind}`, kind: 'bars', x: [NaN], y: [count], pixels: [{x: slotLeft(panel, slot) + SLOT / 2, y: this.yOf(count)}]};
      });
      return [
        {label, kind: 'bars', x: Array.from(rows, (_, row) => this.edges[row] ?? NaN), y: Array.from(rows), pixels: Array.from(rows, (count, row) => ({x: this.xOf(panel, row + 0.5), y: this.yOf(count)}))},
        ...apart,
      ];
    }));
  }

  /** One plot with all histograms over each other, or one for each. */
  private panels(): Panel[] {
    const all = (this.data?.series ?? []).map((_, i) => i);
    const groups = this.data?.layout === 'sideBySide' ? all.map((i) => [i]) : [all];
    const width = (this.width - GUTTER - BETWEEN * (groups.length - 1)) / groups.length;
    const apart = APART + SLOT * this.apart().length;
    return groups.map((series, i) => {
      const left = GUTTER + i * (width + BETWEEN);
      return {series, left, values: left + width - apart, right: left + width};
    });
  }

  /** What stands apart: zero always, the others where there are any. */
  private apart(): SpecialKind[] {
    return specialKinds.filter((kind) => kind === 'zero' || this.counts.some(({special}) => special[kind] > 0));
  }

  private largest(): number {
    return this.counts.reduce((most, {rows, special}) => Math.max(most, rows.reduce((a, b) => Math.max(a, b), 0), ...Object.values(special)), 1);
  }

  private xOf({left, values}: Panel, row: number): number {
    return left + (row / Math.max(1, this.edges.length - 1)) * (values - left);
  }

  private yOf(count: number): number {
    const most = this.largest() * 1.05;
    const share = this.data?.logarithmicCounts ? (count <= LEAST ? 0 : Math.log(count / LEAST) / Math.log(most / LEAST)) : count / most;
    return HEIGHT - FOOT - share * (HEIGHT - FOOT - HEAD);
  }

  private paintSeries(ctx: CanvasRenderingContext2D, panel: Panel, at: number): void {
    const {rows = new Float64Array(0), special} = this.counts[at] ?? {};
    const color = this.data?.series[at]?.color ?? this.theme.ink;
    const foot = HEIGHT - FOOT;
    ctx.fillStyle = withAlpha(color, this.theme.highContrast ? 0.55 : 0.38);
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.4;
    // What is laid over another is told from it by its outline too.
    ctx.setLineDash(at > 0 && panel.series.length > 1 ? [3, 2] : []);
    const bar = (left: number, right: number, count: number): void => {
      const y = this.yOf(count);
      if (count <= 0 || y >= foot) return;
      ctx.fillRect(left, y, right - left, foot - y);
    };
    // One area: bars next to each other would show a seam.
    ctx.beginPath();
    ctx.moveTo(panel.left, foot);
    rows.forEach((count, row) => {
      ctx.lineTo(this.xOf(panel, row), this.yOf(count));
      ctx.lineTo(this.xOf(panel, row + 1), this.yOf(count));
    });
    ctx.lineTo(panel.values, foot);
    ctx.fill();
    ctx.stroke();
    this.apart().forEach((kind, slot) => {
      const [left, count] = [slotLeft(panel, slot), special?.[kind] ?? 0];
      bar(left + 5, left + SLOT - 5, count);
      if (count > 0) ctx.strokeRect(left + 5, this.yOf(count), SLOT - 10, foot - this.yOf(count));
    });
    ctx.setLineDash([]);
  }

  private paintCountAxis(ctx: CanvasRenderingContext2D, {logarithmicCounts}: HistogramBarsData): void {
    const most = this.largest();
    ctx.font = `11px ${this.theme.fontFamily}`;
    ctx.textAlign = 'right';
    ctx.textBaseline = 'middle';
    const powers = Math.floor(Math.log10(most));
    const stride = Math.ceil((powers + 1) / 4);
    const ticks = logarithmicCounts ? Array.from({length: powers + 1}, (_, i) => 10 ** i).filter((_, i) => i % stride === 0) : linearTicks(most);
    for (const value of ticks) {
      const y = this.yOf(value);
      ctx.fillStyle = ruleColor(this.theme);
      ctx.fillRect(GUTTER, Math.round(y), this.width - GUTTER, 1);
      ctx.fillStyle = this.theme.muted;
      ctx.fillText(logarithmicCounts ? logTickText(value) : chartNumber(value), GUTTER - 6, y);
    }
  }

  private paintValueAxis(ctx: CanvasRenderingContext2D, panel: Panel): void {
    const foot = HEIGHT - FOOT;
    ctx.fillStyle = this.theme.muted;
    ctx.fillRect(panel.left, foot, panel.values - panel.left, 1);
    ctx.font = `11px ${this.theme.fontFamily}`;
    ctx.textBaseline = 'top';
    const rows = this.edges.length - 1;
    const text = (at: number): string => chartNumber(Number((this.edges[at] ?? NaN).toPrecision(2)));
    const write = (at: number, name: string, align: CanvasTextAlign): void => {
      ctx.textAlign = align;
      ctx.fillText(name, this.xOf(panel, at), foot + 5);
    };
    write(0, text(0), 'left');
    if (rows % 2 === 1) write(rows / 2, '≈ 0', 'center');
    write(rows, text(rows), 'right');
    const names: Record<SpecialKind, string> = {zero: l10n.t('zero'), nan: 'NaN', negative: '−∞', positive: '+∞'};
    ctx.textAlign = 'center';
    this.apart().forEach((kind, slot) => {
      const left = slotLeft(panel, slot);
      ctx.fillStyle = kind === 'zero' ? this.theme.muted : this.theme.alarm;
      ctx.fillRect(left + 3, foot, SLOT - 6, 1);
      ctx.fillText(names[kind], left + SLOT / 2, foot + 5);
    });
  }

  private paintName(ctx: CanvasRenderingContext2D, {left, right}: Panel, series: BarSeries | undefined, line: number): void {
    if (!series) return;
    ctx.font = `600 11px ${this.theme.fontFamily}`;
    ctx.textBaseline = 'top';
    ctx.textAlign = line === 0 ? 'left' : 'right';
    ctx.fillStyle = series.color;
    ctx.fillText(series.label, line === 0 ? left : right, 2);
  }
}

function slotLeft({values}: Panel, slot: number): number {
  return values + APART + slot * SLOT;
}

/** Up to four round values. */
function linearTicks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const stride = [0.2, 0.5, 1, 2, 5].map((digit) => digit * power).find((size) => most / size <= 4) ?? power;
  return Array.from({length: Math.floor(most / stride) + 1}, (_, i) => i * stride);
}

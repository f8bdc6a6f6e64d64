import * as l10n from '@vscode/l10n';
import type {HistogramHeatData} from './chartData';
import {chartNumber, wholeNumber} from './chartNumber';
import {rampTable, rampWord} from './colorRamp';
import type {DrawnSeries} from './linkedChart';
import {nearestIndex} from './linePoints';
import {drawGlyph, markColor} from './markGlyph';
import {paintStepAxis} from './stepAxis';
import {fitCanvas, StepChart, type PlotArea} from './stepChart';

const HEIGHT = 190;
const HEAD = 14;
const FOOT = 20;
const GUTTER = 56;

/** Histograms over steps: a column a sampled step, a row a range of values, dark where many are. */
export class HistogramHeat extends StepChart<HistogramHeatData> {
  private readonly image = document.createElement('canvas');
  private pixels: ImageData | null = null;

  plot(): PlotArea {
    return {left: GUTTER, right: this.width, top: this.marks.length > 0 ? HEAD : 0, bottom: HEIGHT - FOOT};
  }

  protected wantedHeight(): number {
    return HEIGHT;
  }

  protected paint(data: HistogramHeatData): void {
    const ctx = fitCanvas(this.canvas, this.width, HEIGHT);
    ctx.clearRect(0, 0, this.width, HEIGHT);
    const {left, right, top, bottom} = this.plot();
    if (right <= left) return;
    this.paintCells(ctx, data);
    if (this.theme.highContrast) {
      ctx.strokeStyle = this.theme.muted;
      ctx.lineWidth = 1;
      ctx.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    }
    this.paintValues(ctx, data);
    for (const {step, kind} of this.marks) {
      const x = this.xOf(step);
      if (x < left - 0.5 || x > right + 0.5) continue;
      ctx.fillStyle = markColor(kind, this.theme);
      for (let at = top; at < bottom; at += 5) ctx.fillRect(Math.floor(x), at, 1, 2);
      drawGlyph(ctx, kind, x, top / 2, 5, this.theme);
    }
    paintStepAxis(ctx, this.shown(), this.theme, this.settings.locale, {left, right, top: bottom + 5, xOf: (step) => this.xOf(step)});
  }

  protected drawn(): DrawnSeries[] {
    const {data} = this;
    if (!data) return [];
    const rows = data.edges.length - 1;
    const {top, bottom} = this.plot();
    const {from, to} = this.shown();
    const columns = Array.from(data.steps, (_, i) => i).filter((i) => (data.steps[i] ?? NaN) >= from && (data.steps[i] ?? NaN) <= to);
    return Array.from({length: rows}, (_, row): DrawnSeries => ({
      label: `${data.edges[row] ?? NaN} … ${data.edges[row + 1] ?? NaN}`, kind: 'cells', x: columns.map((i) => data.steps[i] ?? NaN), y: columns.map((i) => data.shares[i * rows + row] ?? NaN),
      pixels: columns.map((i) => ({x: this.xOf(data.steps[i] ?? NaN), y: bottom - ((row + 0.5) / rows) * (bottom - top)})),
    }));
  }

  protected recordedStep(step: number): number | null {
    const {data} = this;
    return data ? (data.steps[nearestIndex(data.steps, step)] ?? null) : null;
  }

  protected wordsAt(x: number, y: number): {title: string; lines: string[]} | null {
    const {data} = this;
    const {left, right, top, bottom} = this.plot();
    if (!data || x < left || x > right || y < top || y >= bottom) return null;
    const column = this.columnAt(data, x);
    const rows = data.edges.length - 1;
    const row = rows - 1 - Math.floor(((y - top) / (bottom - top)) * rows);
    const share = data.shares[column * rows + row];
    if (share === undefined) return null;
    return {
      title: l10n.t('Step {0}', wholeNumber(data.steps[column] ?? NaN, this.settings.locale)),
      lines: [l10n.t('{0} to {1}', chartNumber(data.edges[row]), chartNumber(data.edges[row + 1])), l10n.t('{0} % of the elements', (share * 100).toFixed(share < 0.01 ? 2 : 1))],
    };
  }

  /** One pixel a screen column and row, then scaled: as many samples as there are share the pixels, and where several meet in one the largest shows. */
  private paintCells(ctx: CanvasRenderingContext2D, data: HistogramHeatData): void {
    const {left, right, top, bottom} = this.plot();
    const rows = data.edges.length - 1;
    const width = Math.round((right - left) * (window.devicePixelRatio || 1));
    if (data.steps.length === 0 || rows < 1 || width < 1) return;
    let most = 0;
    for (let i = 0; i < data.shares.length; i++) most = Math.max(most, data.shares[i] ?? 0);
    if (most === 0) return;
    if (this.pixels?.width !== width || this.pixels.height !== rows) {
      [this.image.width, this.image.height] = [width, rows];
      this.pixels = new ImageData(width, rows);
    }
    const words = new Uint32Array(this.pixels.data.buffer).fill(0);
    const table = rampTable(this.theme.ramp);
    const span = (pixel: number): number => this.columnAt(data, left + (pixel / width) * (right - left));
    const reach = this.reach(data);
    let from = span(0.5);
    for (let pixel = 0; pixel < width; pixel++) {
      const to = span(pixel + 0.5);
      const x = left + ((pixel + 0.5) / width) * (right - left);
      if (x <= reach) {
        for (let row = 0; row < rows; row++) {
          let share = 0;
          for (let column = Math.min(from + 1, to); column <= to; column++) share = Math.max(share, data.shares[column * rows + row] ?? 0);
          // Shares differ by magnitudes: the root keeps thin tails in sight.
          if (share > 0) words[(rows - 1 - row) * width + pixel] = rampWord(table, Math.sqrt(share / most));
        }
      }
      from = to;
    }
    this.image.getContext('2d')?.putImageData(this.pixels, 0, 0);
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.image, left, top, right - left, bottom - top);
  }

  /** The sample whose column covers a place: columns meet half way between samples. */
  private columnAt(data: HistogramHeatData, x: number): number {
    const {left, right} = this.plot();
    const {from, to} = this.shown();
    return nearestIndex(data.steps, from + ((x - left) / (right - left)) * (to - from));
  }

  /** Where the last column ends: half a distance of samples behind it. */
  private reach({steps}: HistogramHeatData): number {
    const [last = NaN, before = -Infinity] = [steps[steps.length - 1], steps[steps.length - 2]];
    return Number.isFinite(before) ? this.xOf(last + (last - before) / 2) : Infinity;
  }

  private paintValues(ctx: CanvasRenderingContext2D, {edges}: HistogramHeatData): void {
    const {top, bottom} = this.plot();
    const rows = edges.length - 1;
    const text = (at: number): string => chartNumber(Number((edges[at] ?? NaN).toPrecision(2)));
    const zero = (edges[rows / 2 - 0.5] ?? NaN) < 0 && (edges[rows / 2 + 0.5] ?? NaN) > 0 && rows % 2 === 1;
    const upper = Math.floor(rows * 0.75);
    const labels: [at: number, text: string][] = [[rows, text(rows)], [0, text(0)], zero ? [rows / 2, '≈ 0'] : [Math.round(rows / 2), text(Math.round(rows / 2))], [upper, text(upper)]];
    ctx.font = `11px ${this.theme.fontFamily}`;
    ctx.fillStyle = this.theme.muted;
    ctx.textAlign = 'right';
    for (const [at, name] of labels) {
      ctx.textBaseline = at === rows ? 'top' : at === 0 ? 'bottom' : 'middle';
      ctx.fillText(name, GUTTER - 6, bottom - (at / rows) * (bottom - top));
    }
  }
}

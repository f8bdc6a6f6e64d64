import * as l10n from '@vscode/l10n';
import type {HeatStripData} from './chartData';
import {chartNumber, wholeNumber} from './chartNumber';
import {withAlpha} from './cssColor';
import {HeatCells} from './heatCells';
import {paintRowLabels} from './heatLabels';
import type {ChartMark, DrawnSeries} from './linkedChart';
import {drawGlyph} from './markGlyph';
import {paintStepAxis} from './stepAxis';
import {fitCanvas, StepChart, type PlotArea} from './stepChart';

/** Band over the rows for marks that belong to none. */
const HEAD = 18;
const FOOT = 22;
const GUTTER = 150;
const HATCH = 5;

/** Rows over steps, one colour a cell; its height follows from the rows. */
export class HeatStrip extends StepChart<HeatStripData> {
  private readonly cells = new HeatCells();
  private selected: number | null = null;
  private highlighted: readonly number[] = [];
  private pattern: {key: string; fill: CanvasPattern | null} = {key: '', fill: null};

  /** Outlines the selected row. */
  setSelected(row: number | null): void {
    if (row === this.selected) return;
    this.selected = row;
    this.draw();
  }

  /** Points at rows, such as those that the cursor in the code is on. */
  setHighlighted(rows: readonly number[]): void {
    if (rows.length === this.highlighted.length && rows.every((row, i) => row === this.highlighted[i])) return;
    this.highlighted = [...rows];
    this.draw();
  }

  /** Where a row lies, in CSS pixels from the canvas's corner. */
  rowBox(row: number): {top: number; height: number} {
    const height = this.rowHeight();
    return {top: HEAD + row * height, height};
  }

  plot(): PlotArea {
    const rows = this.data?.rows.length ?? 0;
    return {left: this.data?.labels ? GUTTER : 0, right: this.width, top: HEAD, bottom: HEAD + rows * this.rowHeight()};
  }

  protected wantedHeight({rows}: HeatStripData): number {
    return HEAD + rows.length * rowHeightOf(rows.length) + FOOT;
  }

  protected paint(data: HeatStripData): void {
    const ctx = fitCanvas(this.canvas, this.width, this.height);
    ctx.clearRect(0, 0, this.width, this.height);
    const {left, right, top, bottom} = this.plot();
    const height = this.rowHeight();
    this.cells.update(data, this.theme, Math.max(1, (right - left) * (window.devicePixelRatio || 1)));
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, right - left, bottom - top);
    ctx.clip();
    this.cells.paint(ctx, this.xOf(data.first), top, this.columnWidth(data), height);
    this.paintBroken(ctx, data);
    if (height > 6) for (let row = 1; row <= data.rows.length; row++) ctx.clearRect(left, top + row * height - 1, right - left, 1);
    ctx.restore();
    if (data.labels) paintRowLabels(ctx, data.rows, new Set([...this.highlighted, ...(this.selected === null ? [] : [this.selected])]), this.theme, {gutter: GUTTER, top, height});
    if (this.theme.highContrast) {
      ctx.strokeStyle = this.theme.muted;
      ctx.lineWidth = 1;
      ctx.strokeRect(left + 0.5, top - 0.5, right - left - 1, bottom - top);
    }
    this.paintChosen(ctx);
    for (const mark of this.marks) this.paintMark(ctx, data, mark);
    paintStepAxis(ctx, this.shown(), this.theme, this.settings.locale, {left, right, top: bottom + 6, xOf: (step) => this.cellCenter(data, step)});
  }

  protected drawn(): DrawnSeries[] {
    const {data, cells} = this;
    if (!data) return [];
    const columns = Array.from({length: cells.columns}, (_, i) => i);
    const x = columns.map((column) => data.first + column * cells.stride * data.width);
    const centers = columns.map((column) => this.xOf(data.first) + (column + 0.5) * this.columnWidth(data));
    const rows = data.rows.map(({label}, row): DrawnSeries => ({
      label, kind: 'cells', x, y: columns.map((column) => cells.valueAt(column, row)),
      pixels: centers.map((center) => ({x: center, y: HEAD + (row + 0.5) * this.rowHeight()})),
    }));
    return [...rows, ...this.marks.map((mark): DrawnSeries => ({label: mark.text, kind: 'mark', x: [mark.step], y: [mark.row ?? NaN], pixels: [this.markPlace(data, mark)]}))];
  }

  /** A cell is as wide as its steps: that of the last ends at the edge. */
  protected override xOf(step: number): number {
    const {left, right} = this.plot();
    const {from, to} = this.shown();
    return left + ((step - from) / (to + 1 - from)) * (right - left);
  }

  protected override stepAt(x: number): number {
    const {left, right} = this.plot();
    const {from, to} = this.shown();
    return Math.min(to, Math.max(from, Math.floor(from + ((x - left) / (right - left)) * (to + 1 - from))));
  }

  protected override cursorX(step: number): number {
    const {from, to} = this.shown();
    return this.data && step >= from && step <= to ? this.cellCenter(this.data, step) : NaN;
  }

  protected override rowAt(y: number): number | null {
    const row = Math.floor((y - HEAD) / this.rowHeight());
    return row >= 0 && row < (this.data?.rows.length ?? 0) ? row : null;
  }

  protected recordedStep(step: number): number | null {
    const {data} = this;
    if (!data || data.values.length === 0) return null;
    const bucket = Math.min(this.buckets(data) - 1, Math.max(0, this.bucketOf(data, step)));
    return data.first + bucket * data.width;
  }

  protected wordsAt(x: number, y: number): {title: string; lines: string[]} | null {
    const {data} = this;
    const {left, right} = this.plot();
    if (!data || x < left || x > right) return null;
    const bucket = this.bucketOf(data, this.stepAt(x));
    const row = this.rowAt(y);
    const marked = this.marks.filter((mark) => this.bucketOf(data, mark.step) === bucket && (y < HEAD ? mark.row === null : mark.row === row)).map(({text}) => text);
    if (y < HEAD) return marked.length > 0 ? {title: l10n.t('no single layer'), lines: [this.bucketText(data, bucket), ...marked]} : null;
    if (row === null || bucket < 0 || bucket >= this.buckets(data)) return null;
    const value = data.values[bucket * data.rows.length + row] ?? NaN;
    return {
      title: data.rows[row]?.label ?? '',
      lines: [
        this.bucketText(data, bucket),
        Number.isNaN(value) ? l10n.t('nothing recorded') : data.scale.kind === 'log' ? l10n.t('norm {0}', chartNumber(value)) : l10n.t('ratio {0}', chartNumber(value)),
        ...(data.flags[bucket * data.rows.length + row] ? [l10n.t('holds NaN or infinity')] : []),
        ...marked,
      ],
    };
  }

  private paintChosen(ctx: CanvasRenderingContext2D): void {
    const {left, right} = this.plot();
    ctx.fillStyle = this.theme.ink;
    for (const row of this.highlighted) {
      const {top, height} = this.rowBox(row);
      ctx.fillRect(left, top, 3, height - 1);
      ctx.fillRect(right - 3, top, 3, height - 1);
    }
    if (this.selected === null) return;
    const {top, height} = this.rowBox(this.selected);
    const outline = (color: string, width: number): void => {
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.strokeRect(left + 0.75, top, right - left - 1.5, height - 1);
    };
    // Dark cells would hide ink: it gets a rim of paper.
    if (this.theme.highContrast) outline(this.theme.paper, 4);
    outline(this.theme.ink, 1.5);
  }

  private rowHeight(): number {
    return rowHeightOf(this.data?.rows.length ?? 0);
  }

  private buckets({values, rows}: HeatStripData): number {
    return rows.length === 0 ? 0 : Math.floor(values.length / rows.length);
  }

  private columnWidth({width}: HeatStripData): number {
    const {left, right} = this.plot();
    const {from, to} = this.shown();
    return ((right - left) * width * this.cells.stride) / (to + 1 - from);
  }

  private bucketOf({first, width}: HeatStripData, step: number): number {
    return Math.floor((step - first) / width);
  }

  private cellCenter(data: HeatStripData, step: number): number {
    const from = data.first + this.bucketOf(data, step) * data.width;
    const {left, right} = this.plot();
    return Math.min(right, Math.max(left, (this.xOf(from) + Math.min(right, this.xOf(from + data.width))) / 2));
  }

  private bucketText({first, width, last}: HeatStripData, bucket: number): string {
    const {locale} = this.settings;
    const from = first + bucket * width;
    if (width === 1) return l10n.t('step {0}', wholeNumber(from, locale));
    return l10n.t('steps {0} to {1}, the largest', wholeNumber(from, locale), wholeNumber(Math.min(last, from + width - 1), locale));
  }

  private markPlace(data: HeatStripData, {step, row}: ChartMark): {x: number; y: number} {
    return {x: this.cellCenter(data, step), y: row === null ? HEAD / 2 : HEAD + (row + 0.5) * this.rowHeight()};
  }

  private paintMark(ctx: CanvasRenderingContext2D, data: HeatStripData, mark: ChartMark): void {
    const {from, to} = this.shown();
    if (mark.step < from || mark.step > to) return;
    const {x, y} = this.markPlace(data, mark);
    const {top, bottom} = this.plot();
    if (mark.kind === 'switch' || mark.kind === 'pin') {
      ctx.fillStyle = withAlpha(this.theme.ink, 0.5);
      for (let at = top; at < bottom; at += 5) ctx.fillRect(Math.floor(this.xOf(mark.step)), at, 1, 2);
    }
    drawGlyph(ctx, mark.kind, x, y, mark.kind === 'switch' || mark.kind === 'pin' ? 5 : Math.min(7, Math.max(4, this.rowHeight() * 0.4)), this.theme);
  }

  /** Hatches cells that held NaN or infinity; neighbours are hatched as one. */
  private paintBroken(ctx: CanvasRenderingContext2D, data: HeatStripData): void {
    const height = this.rowHeight();
    const column = this.columnWidth(data);
    const start = this.xOf(data.first);
    let fill: CanvasPattern | null = null;
    for (let row = 0; row < data.rows.length; row++) {
      for (let from = 0; from < this.cells.columns; from++) {
        if (!this.cells.flagsAt(from, row)) continue;
        let to = from + 1;
        while (to < this.cells.columns && this.cells.flagsAt(to, row)) to++;
        fill ??= this.hatch(ctx);
        ctx.fillStyle = fill ?? this.theme.alarm;
        ctx.fillRect(start + from * column, HEAD + row * height, (to - from) * column, height);
        from = to;
      }
    }
  }

  /** Stripes of one raster over all cells, so that neighbours join. */
  private hatch(ctx: CanvasRenderingContext2D): CanvasPattern | null {
    const scale = window.devicePixelRatio || 1;
    const key = `${this.theme.paper} ${this.theme.alarm} ${scale}`;
    if (key === this.pattern.key) return this.pattern.fill;
    const size = Math.round(HATCH * scale);
    const tile = Object.assign(document.createElement('canvas'), {width: size, height: size});
    const brush = tile.getContext('2d');
    if (!brush) return null;
    brush.fillStyle = this.theme.paper;
    brush.fillRect(0, 0, size, size);
    brush.strokeStyle = this.theme.alarm;
    brush.lineWidth = 1.4 * scale;
    for (const at of [-size, 0, size]) {
      brush.beginPath();
      brush.moveTo(at - size, -size);
      brush.lineTo(at + 2 * size, 2 * size);
      brush.stroke();
    }
    const fill = ctx.createPattern(tile, 'repeat');
    fill?.setTransform(new DOMMatrix([1 / scale, 0, 0, 1 / scale, 0, 0]));
    this.pattern = {key, fill};
    return fill;
  }
}

function rowHeightOf(rows: number): number {
  return Math.min(20, Math.max(4, Math.floor(560 / Math.max(1, rows))));
}

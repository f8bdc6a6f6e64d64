import type {HeatScale, HeatStripData} from './chartData';
import type {ChartTheme} from './chartTheme';
import {rampTable, rampWord, type RampTable} from './colorRamp';

/** Colours as one pixel a cell, so that the strip is one scaled copy; only columns whose values changed are coloured again. */
export class HeatCells {
  private readonly canvas = document.createElement('canvas');
  private values = new Float32Array(0);
  private flags = new Uint8Array(0);
  private image: ImageData | null = null;
  private words: Uint32Array = new Uint32Array(0);
  private rows = 0;
  private colors = '';
  private table: RampTable = new Uint32Array(0);
  /** Columns that are painted. */
  columns = 0;
  /** Buckets of a column: more than one only where cells would be narrower than a pixel; then the largest shows. */
  stride = 1;

  /** @param pixels that the plot is wide */
  update({rows, values, flags, scale}: HeatStripData, theme: ChartTheme, pixels: number): void {
    const buckets = rows.length === 0 ? 0 : Math.floor(values.length / rows.length);
    let stride = 1;
    while (buckets / stride > pixels) stride *= 2;
    const columns = Math.ceil(buckets / stride);
    const colors = JSON.stringify([scale, theme.ramp, theme.paper]);
    let from = 0;
    if (colors === this.colors && rows.length === this.rows && stride === this.stride) from = this.unchanged(values, flags, stride);
    if (colors !== this.colors) this.table = tableOf(scale, theme);
    Object.assign(this, {colors, rows: rows.length, stride});
    this.reserve(columns, rows.length);
    this.keep(values, flags);
    this.columns = columns;
    if (from >= columns || !this.image) return;
    const share = shareOf(scale);
    for (let column = from; column < columns; column++) {
      for (let row = 0; row < rows.length; row++) {
        const value = this.valueAt(column, row);
        this.words[row * this.image.width + column] = Number.isNaN(value) ? 0 : rampWord(this.table, share(value));
      }
    }
    this.canvas.getContext('2d')?.putImageData(this.image, 0, 0, from, 0, columns - from, rows.length);
  }

  /** Copies the cells to where they belong. @param left of the first column @param column width of one, both in CSS pixels */
  paint(ctx: CanvasRenderingContext2D, left: number, top: number, column: number, rowHeight: number): void {
    if (this.columns === 0 || this.rows === 0) return;
    ctx.imageSmoothingEnabled = false;
    ctx.drawImage(this.canvas, 0, 0, this.columns, this.rows, left, top, column * this.columns, rowHeight * this.rows);
  }

  /** Value that a cell shows; NaN for none. */
  valueAt(column: number, row: number): number {
    if (this.stride === 1) return this.values[column * this.rows + row] ?? NaN;
    let most = NaN;
    for (let bucket = column * this.stride; bucket < (column + 1) * this.stride; bucket++) {
      const value = this.values[bucket * this.rows + row] ?? NaN;
      if (!(value <= most) && !Number.isNaN(value)) most = value;
    }
    return most;
  }

  /** Bits of what a cell holds that is not finite. */
  flagsAt(column: number, row: number): number {
    let bits = 0;
    for (let bucket = column * this.stride; bucket < (column + 1) * this.stride; bucket++) bits |= this.flags[bucket * this.rows + row] ?? 0;
    return bits;
  }

  /** First column with a value other than what is painted. */
  private unchanged(values: ArrayLike<number>, flags: ArrayLike<number>, stride: number): number {
    const common = Math.min(values.length, this.values.length);
    let at = 0;
    for (; at < common; at++) {
      const [now, before] = [Math.fround(values[at] ?? NaN), this.values[at] ?? NaN];
      if ((now !== before && !(Number.isNaN(now) && Number.isNaN(before))) || flags[at] !== this.flags[at]) break;
    }
    return Math.floor(at / this.rows / stride);
  }

  private keep(values: ArrayLike<number>, flags: ArrayLike<number>): void {
    if (this.values.length !== values.length) {
      this.values = new Float32Array(values.length);
      this.flags = new Uint8Array(values.length);
    }
    this.values.set(values);
    this.flags.set(flags);
  }

  private reserve(columns: number, rows: number): void {
    if (rows === 0 || columns === 0 || (this.image && this.image.width >= columns && this.image.height === rows)) return;
    const width = Math.max(256, 2 ** Math.ceil(Math.log2(columns)));
    const before = this.image;
    this.image = new ImageData(width, rows);
    this.words = new Uint32Array(this.image.data.buffer);
    [this.canvas.width, this.canvas.height] = [width, rows];
    if (before?.height !== rows) return;
    const old = new Uint32Array(before.data.buffer);
    for (let row = 0; row < rows; row++) this.words.set(old.subarray(row * before.width, (row + 1) * before.width), row * width);
    this.canvas.getContext('2d')?.putImageData(this.image, 0, 0);
  }
}

/** Place on the colours, 0 … 1, of a value. */
function shareOf(scale: HeatScale): (value: number) => number {
  if (scale.kind === 'ratio') {
    const most = Math.log(scale.most) || 1;
    return (value) => 0.5 + Math.log(value) / most / 2;
  }
  const span = scale.high - scale.low || 1;
  return (value) => (value <= 0 ? 0 : (Math.log10(value) - scale.low) / span);
}

function tableOf(scale: HeatScale, theme: ChartTheme): RampTable {
  return rampTable(scale.kind === 'log' ? theme.ramp : [scale.below, theme.paper, scale.above]);
}

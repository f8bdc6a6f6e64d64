import {chartNumber} from './chartNumber';
import {rampColor, type ChartTheme} from './chartTheme';
import {ChartTooltip} from './chartTooltip';
import type {ChartHandle} from './lineChart';

export interface HeatRow {
  label: string;
  /** A value a bucket; NaN: nothing was recorded. */
  values: ArrayLike<number>;
  /** A bucket each: not zero where something was no finite number. */
  broken: ArrayLike<number>;
  selected: boolean;
}

export interface HeatMark {
  /** null: no row is to blame; such marks stand in a band over the rows. */
  row: number | null;
  bucket: number;
  text: string;
}

export interface HeatStripData {
  rows: HeatRow[];
  buckets: number;
  /** Steps of a bucket, as they are said. */
  bucketLabel: (bucket: number) => string;
  /** First step of a bucket. */
  stepOf: (bucket: number) => number;
  lastStep: number;
  /** Decimal logarithms at the ends of the colours. */
  range: {low: number; high: number};
  marks: HeatMark[];
  /** Names of the rows at the left. */
  labels: boolean;
}

/** Band over the rows for marks that belong to none. */
const HEAD = 18;
const FOOT = 22;
const GUTTER = 150;

/** Draws rows over steps, one colour a cell, on a logarithmic scale of colours. */
export function drawHeatStrip(place: HTMLElement, canvas: HTMLCanvasElement, data: HeatStripData, theme: ChartTheme, onChoose: (row: number) => void): ChartHandle {
  const tooltip = new ChartTooltip(place);
  const gutter = data.labels ? GUTTER : 0;
  const height = rowHeight(data.rows.length);
  const draw = (): void => { paint(canvas, data, theme, gutter, height); };
  const cellAt = (event: MouseEvent): {row: number; bucket: number; x: number; y: number} => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return {x, y, row: Math.floor((y - HEAD) / height), bucket: Math.floor(((x - gutter) / (box.width - gutter)) * data.buckets)};
  };
  const move = (event: MouseEvent): void => {
    const {row: at, bucket, x, y} = cellAt(event);
    const row = data.rows[at];
    const marked = data.marks.filter((mark) => mark.bucket === bucket && (at < 0 ? mark.row === null : mark.row === at)).map(({text}) => text);
    if (at < 0 && marked.length > 0) {
      tooltip.show(x, y, 'no single layer', [data.bucketLabel(bucket), ...marked]);
      return;
    }
    if (!row || bucket < 0 || bucket >= data.buckets) {
      tooltip.hide();
      return;
    }
    const value = row.values[bucket] ?? NaN;
    tooltip.show(x, y, row.label, [
      data.bucketLabel(bucket),
      Number.isNaN(value) ? 'nothing recorded' : `norm ${chartNumber(value)}`,
      ...(row.broken[bucket] ? ['holds NaN or infinity'] : []),
      ...marked,
    ]);
  };
  const leave = (): void => { tooltip.hide(); };
  const choose = (event: MouseEvent): void => {
    const {row} = cellAt(event);
    if (data.rows[row]) onChoose(row);
  };
  canvas.addEventListener('mousemove', move);
  canvas.addEventListener('mouseleave', leave);
  canvas.addEventListener('click', choose);
  const observer = new ResizeObserver(draw);
  observer.observe(place);
  return {
    destroy: () => {
      observer.disconnect();
      tooltip.remove();
      canvas.removeEventListener('mousemove', move);
      canvas.removeEventListener('mouseleave', leave);
      canvas.removeEventListener('click', choose);
    },
  };
}

function paint(canvas: HTMLCanvasElement, data: HeatStripData, theme: ChartTheme, gutter: number, height: number): void {
  const {ctx, width} = fit(canvas, HEAD + height * data.rows.length + FOOT);
  const cell = (width - gutter) / data.buckets;
  const {low, high} = data.range;
  data.rows.forEach((row, i) => {
    for (let bucket = 0; bucket < data.buckets; bucket++) {
      const value = row.values[bucket] ?? NaN;
      const [x, y, w, h] = [gutter + bucket * cell, HEAD + i * height, cell + 0.6, height - (height > 6 ? 1 : 0)];
      if (row.broken[bucket]) hatch(ctx, x, y, w, h, theme);
      else if (!Number.isNaN(value)) {
        ctx.fillStyle = rampColor(theme.ramp, value <= 0 ? 0 : (Math.log10(value) - low) / (high - low || 1));
        ctx.fillRect(x, y, w, h);
      }
    }
  });
  ctx.clearRect(width, 0, 1, canvas.height);
  if (data.labels) writeLabels(ctx, data.rows, theme, gutter, height);
  data.rows.forEach((row, i) => { if (row.selected) outline(ctx, gutter, HEAD + i * height, width - gutter, height, theme); });
  for (const {row, bucket} of data.marks) triangle(ctx, gutter + (bucket + 0.5) * cell, row === null ? HEAD / 2 : HEAD + (row + 0.5) * height, Math.min(7, Math.max(4, height * 0.4)), theme);
  writeSteps(ctx, data, theme, gutter, width, HEAD + data.rows.length * height);
}

/** Makes the canvas as wide as its place and as sharp as the screen. */
export function fit(canvas: HTMLCanvasElement, height: number): {ctx: CanvasRenderingContext2D; width: number} {
  const width = canvas.parentElement?.clientWidth ?? 0;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('no 2d canvas');
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  return {ctx, width};
}

function rowHeight(rows: number): number {
  return Math.min(20, Math.max(4, Math.floor(560 / Math.max(1, rows))));
}

function hatch(ctx: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, theme: ChartTheme): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.fillStyle = theme.paper;
  ctx.fillRect(x, y, w, h);
  ctx.strokeStyle = theme.alarm;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  // Lines of one raster over all cells, so that neighbours join.
  const first = Math.floor((x - y - h) / 5) * 5;
  for (let at = first; at < x + w + h + y; at += 5) {
    ctx.moveTo(at + y, y);
    ctx.lineTo(at + y + h, y + h);
  }
  ctx.stroke();
  ctx.restore();
}

function writeLabels(ctx: CanvasRenderingContext2D, rows: HeatRow[], theme: ChartTheme, gutter: number, height: number): void {
  const every = Math.ceil(12 / height);
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  rows.forEach((row, i) => {
    if (i % every !== 0 && !row.selected) return;
    ctx.font = `${row.selected ? '600 ' : ''}11px ${theme.fontFamily}`;
    ctx.fillStyle = row.selected ? theme.ink : theme.muted;
    ctx.fillText(shorten(ctx, row.label, gutter - 12), gutter - 8, HEAD + (i + 0.5) * height);
  });
}

function shorten(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  let from = 1;
  while (from < text.length && ctx.measureText(`…${text.slice(from)}`).width > width) from++;
  return `…${text.slice(from)}`;
}

function outline(ctx: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, theme: ChartTheme): void {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 1.5;
  ctx.strokeRect(x + 0.75, y, w - 1.5, h - 1);
}

function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, size: number, theme: ChartTheme): void {
  ctx.beginPath();
  ctx.moveTo(x, y - size);
  ctx.lineTo(x + size, y + size * 0.8);
  ctx.lineTo(x - size, y + size * 0.8);
  ctx.closePath();
  ctx.lineJoin = 'round';
  ctx.lineWidth = 3;
  ctx.strokeStyle = theme.paper;
  ctx.stroke();
  ctx.fillStyle = theme.alarm;
  ctx.fill();
}

function writeSteps(ctx: CanvasRenderingContext2D, data: HeatStripData, theme: ChartTheme, gutter: number, width: number, top: number): void {
  ctx.font = `11px ${theme.fontFamily}`;
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = 'top';
  const ticks = Math.max(2, Math.min(6, Math.floor((width - gutter) / 90)));
  for (let i = 0; i <= ticks; i++) {
    const bucket = Math.min(data.buckets - 1, Math.round((i * data.buckets) / ticks));
    ctx.textAlign = i === 0 ? 'left' : i === ticks ? 'right' : 'center';
    ctx.fillText((i === ticks ? data.lastStep : data.stepOf(bucket)).toLocaleString('en'), gutter + ((width - gutter) * i) / ticks, top + 6);
  }
}

import type {Chart} from 'chart.js';
import {bucketFlag} from '../../src/protocol/panel';
import type {LineSeries} from './chartData';

export type MarkKind = 'nan' | 'infinite' | 'zero';

/** A step whose value an axis can't show. */
export interface NonFiniteMark {
  x: number;
  kind: MarkKind;
  color: string;
  /** Row of marks above the plot, so that those of two arms don't cover each other. */
  row: number;
}

/** Height of a row of marks in CSS pixels. */
export const MARK_ROW = 13;
/** Marks nearer to each other than this share of the axis are drawn as one. */
const NEAREST = 1 / 90;
const SIZE = 4;

/**
 * The values of a curve that its axis can't show. A stretch of them always shows its first.
 * @param logarithmic zero and less can't be shown either
 */
export function nonFiniteMarks({x, y, flags}: Pick<LineSeries, 'x' | 'y' | 'flags'>, logarithmic: boolean): {x: number; kind: MarkKind}[] {
  const marks: {x: number; kind: MarkKind}[] = [];
  for (let i = 0; i < x.length; i++) {
    const value = y[i] ?? NaN;
    const kind = flags === null ? kindOf(value) : flagged(flags[i] ?? 0);
    if (kind !== null) marks.push({x: x[i] ?? NaN, kind});
    else if (logarithmic && value <= 0) marks.push({x: x[i] ?? NaN, kind: 'zero'});
  }
  return marks;
}

/** Draws marks in rows above the plot: a cross for NaN, a triangle for infinity, a ring at the foot for zero. */
export function paintNonFinite(chart: Chart, marks: readonly NonFiniteMark[]): void {
  const last = new Map<string, number>();
  for (const mark of marks) {
    const at = chart.scales.x?.getPixelForValue(mark.x) ?? NaN;
    if (at < chart.chartArea.left - 0.5 || at > chart.chartArea.right + 0.5) continue;
    const key = `${mark.row} ${mark.kind}`;
    const before = last.get(key) ?? -Infinity;
    if (at - before < chart.chartArea.width * NEAREST && at >= before) continue;
    last.set(key, at);
    drawMark(chart, mark, at);
  }
}

function drawMark({ctx, chartArea}: Chart, {kind, color, row}: NonFiniteMark, x: number): void {
  const y = kind === 'zero' ? chartArea.bottom - SIZE - 1 : chartArea.top - MARK_ROW * (row + 0.5);
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = 1.8;
  ctx.beginPath();
  if (kind === 'nan') {
    ctx.moveTo(x - SIZE, y - SIZE);
    ctx.lineTo(x + SIZE, y + SIZE);
    ctx.moveTo(x + SIZE, y - SIZE);
    ctx.lineTo(x - SIZE, y + SIZE);
    ctx.stroke();
  } else if (kind === 'infinite') {
    ctx.moveTo(x, y - SIZE);
    ctx.lineTo(x + SIZE, y + SIZE);
    ctx.lineTo(x - SIZE, y + SIZE);
    ctx.fill();
  } else {
    ctx.arc(x, y, SIZE - 1, 0, 2 * Math.PI);
    ctx.stroke();
  }
  ctx.restore();
}

function kindOf(value: number): MarkKind | null {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? null : 'infinite';
}

function flagged(flags: number): MarkKind | null {
  if (flags & bucketFlag.nan) return 'nan';
  return flags & bucketFlag.infinite ? 'infinite' : null;
}

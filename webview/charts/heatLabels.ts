import type {HeatStripData} from './chartData';
import {ruleColor, type ChartTheme} from './chartTheme';

const LINE = 12;
const GAP = 8;

/** Names of the rows at the left of a strip, the layer's once for its parameters. */
export function paintRowLabels(ctx: CanvasRenderingContext2D, rows: HeatStripData['rows'], strong: ReadonlySet<number>, theme: ChartTheme, {gutter, top, height}: {gutter: number; top: number; height: number}): void {
  ctx.textAlign = 'right';
  ctx.textBaseline = 'middle';
  let free = -Infinity;
  rows.forEach((row, i) => {
    const y = top + (i + 0.5) * height;
    const first = row.group === null || rows[i - 1]?.group !== row.group;
    if (first && i > 0 && row.group !== null && height > 3) {
      ctx.fillStyle = ruleColor(theme);
      ctx.fillRect(0, Math.round(top + i * height - 1), gutter - GAP / 2, 1);
    }
    if (!strong.has(i) && (y < free + LINE || nearStrong(i, strong, height))) return;
    free = y;
    ctx.font = `${strong.has(i) ? '600 ' : ''}11px ${theme.fontFamily}`;
    ctx.fillStyle = strong.has(i) ? theme.ink : theme.muted;
    const text = first || strong.has(i) || row.group === null || !row.label.startsWith(`${row.group}/`) ? row.label : row.label.slice(row.group.length + 1);
    ctx.fillText(shorten(ctx, text, gutter - GAP - 4), gutter - GAP, y);
  });
}

/** Rows so thin that their names would lie on a strong one. */
function nearStrong(row: number, strong: ReadonlySet<number>, height: number): boolean {
  for (const other of strong) if (Math.abs(other - row) * height < LINE) return true;
  return false;
}

function shorten(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  let from = 1;
  while (from < text.length && ctx.measureText(`…${text.slice(from)}`).width > width) from++;
  return `…${text.slice(from)}`;
}

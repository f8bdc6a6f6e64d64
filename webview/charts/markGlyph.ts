import type {ChartTheme} from './chartTheme';
import type {ChartMark} from './linkedChart';

/** What the user did is in ink, what went wrong in the colour of alarm. */
export function markColor(kind: ChartMark['kind'], theme: ChartTheme): string {
  return kind === 'switch' || kind === 'pin' ? theme.ink : theme.alarm;
}

/** Draws what happened at a step: a filled triangle for an error, a hollow one for a warning, a diamond for a switch of SING, a ring for a pinned step. Its rim keeps it apart from what is behind. */
export function drawGlyph(ctx: CanvasRenderingContext2D, kind: ChartMark['kind'], x: number, y: number, size: number, theme: ChartTheme): void {
  const color = markColor(kind, theme);
  ctx.save();
  ctx.beginPath();
  if (kind === 'switch') {
    ctx.moveTo(x, y - size * 0.9);
    ctx.lineTo(x + size * 0.9, y);
    ctx.lineTo(x, y + size * 0.9);
    ctx.lineTo(x - size * 0.9, y);
  } else if (kind === 'pin') ctx.arc(x, y, size * 0.7, 0, 2 * Math.PI);
  else {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y + size * 0.8);
    ctx.lineTo(x - size, y + size * 0.8);
  }
  ctx.closePath();
  ctx.lineJoin = 'round';
  const isHollow = kind === 'warning' || kind === 'pin';
  ctx.lineWidth = isHollow ? 4.6 : 3;
  ctx.strokeStyle = theme.paper;
  ctx.stroke();
  ctx.fillStyle = isHollow ? theme.paper : color;
  ctx.fill();
  if (isHollow) {
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = color;
    ctx.stroke();
  }
  ctx.restore();
}

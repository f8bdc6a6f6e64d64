import type {ChartTheme} from './chartTheme';
import type {ChartMark} from './linkedChart';

/** Draws what happened at a step: a filled triangle for an error, a hollow one for a warning, a diamond for a switch of SING. Its rim keeps it apart from what is behind. */
export function drawGlyph(ctx: CanvasRenderingContext2D, kind: ChartMark['kind'], x: number, y: number, size: number, theme: ChartTheme): void {
  const color = kind === 'switch' ? theme.ink : theme.alarm;
  ctx.save();
  ctx.beginPath();
  if (kind === 'switch') {
    ctx.moveTo(x, y - size * 0.9);
    ctx.lineTo(x + size * 0.9, y);
    ctx.lineTo(x, y + size * 0.9);
    ctx.lineTo(x - size * 0.9, y);
  } else {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y + size * 0.8);
    ctx.lineTo(x - size, y + size * 0.8);
  }
  ctx.closePath();
  ctx.lineJoin = 'round';
  ctx.lineWidth = kind === 'warning' ? 4.6 : 3;
  ctx.strokeStyle = theme.paper;
  ctx.stroke();
  ctx.fillStyle = kind === 'warning' ? theme.paper : color;
  ctx.fill();
  if (kind === 'warning') {
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = color;
    ctx.stroke();
  }
  ctx.restore();
}

import {wholeNumber} from './chartNumber';
import type {ChartTheme} from './chartTheme';
import type {StepRange} from './linkedChart';
import {roundStride} from './valueScales';

/** Room that a label of a step wants, in CSS pixels. */
const ROOM = 90;

/** Writes steps under a plot that is painted without the library: round ones, and the ends. */
export function paintStepAxis(ctx: CanvasRenderingContext2D, {from, to}: StepRange, theme: ChartTheme, locale: string, {left, right, top, xOf}: {left: number; right: number; top: number; xOf: (step: number) => number}): void {
  ctx.font = `11px ${theme.fontFamily}`;
  ctx.fillStyle = theme.muted;
  ctx.textBaseline = 'top';
  const write = (step: number, align: CanvasTextAlign, x: number): void => {
    ctx.textAlign = align;
    ctx.fillText(wholeNumber(step, locale), x, top);
  };
  write(from, 'left', left);
  write(to, 'right', right);
  const stride = roundStride(Math.max(1, (to - from) / Math.max(1, Math.floor((right - left) / ROOM))));
  for (let step = Math.ceil((from + 1) / stride) * stride; step < to; step += stride) {
    const x = xOf(step);
    if (x > left + ROOM * 0.5 && x < right - ROOM * 0.6) write(step, 'center', x);
  }
}

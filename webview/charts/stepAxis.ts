import {wholeNumber} from './chartNumber';
import type {ChartTheme} from './chartTheme';
import type {StepRange} from './linkedChart';

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
  const stride = roundStride((to - from) / Math.max(1, Math.floor((right - left) / ROOM)));
  for (let step = Math.ceil((from + 1) / stride) * stride; step < to; step += stride) {
    const x = xOf(step);
    if (x > left + ROOM * 0.5 && x < right - ROOM * 0.6) write(step, 'center', x);
  }
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStride(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((digit) => digit * power).find((stride) => stride >= least) ?? 1;
}

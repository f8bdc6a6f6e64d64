import {LinearScale, LogarithmicScale} from 'chart.js';
import {logTicks} from './chartNumber';

/** Most ticks of an axis, and room that each has at least, in CSS pixels. */
const MOST = 8;
const LABEL_HEIGHT = 24;
const LABEL_WIDTH = 40;

/**
 * Axes of the library with our own ticks. Its own search for round numbers never ends on values near the smallest doubles,
 * and on a logarithmic axis it names as many digits as fit.
 */
export class LinearValues extends LinearScale {
  static override id = 'linearValues';
  static override defaults = LinearScale.defaults;

  override buildTicks(): {value: number}[] {
    return ticksOf(this, linearTicks(this.min, this.max, Math.max(2, Math.min(MOST, Math.ceil(this.height / LABEL_HEIGHT)))));
  }
}

/** Steps: whole numbers only. */
export class Steps extends LinearScale {
  static override id = 'steps';
  static override defaults = LinearScale.defaults;

  override buildTicks(): {value: number}[] {
    return ticksOf(this, linearTicks(this.min, this.max, Math.max(2, Math.min(MOST, Math.ceil(this.width / LABEL_WIDTH)))).filter(Number.isInteger));
  }
}

/** Magnitudes: 1, 2 and 5 of each power of ten, or whole powers. */
export class LogarithmicValues extends LogarithmicScale {
  static override id = 'logarithmicValues';
  static override defaults = LogarithmicScale.defaults;

  override buildTicks(): {value: number}[] {
    return ticksOf(this, logTicks(this.min, this.max));
  }
}

/** Values that a linear axis names: at most `most`, multiples of 1, 2 or 5 times a power of ten. */
export function linearTicks(min: number, max: number, most: number): number[] {
  const stride = roundStride((max - min) / Math.max(1, most - 1));
  const [first, last] = [Math.ceil(min / stride), Math.floor(max / stride)];
  if (!Number.isFinite(first) || !Number.isFinite(last) || last - first > most) return [min, max];
  // Rounded, as a multiple has crumbs of the binary fraction.
  return Array.from({length: last - first + 1}, (_, i) => Number(((first + i) * stride).toPrecision(12)));
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
export function roundStride(least: number): number {
  const exponent = Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((digit) => Number(`${digit}e${exponent}`)).find((stride) => stride >= least * (1 - 1e-9)) ?? least;
}

/** What the base classes set beside their ticks: the values at the ends of the axis. */
function ticksOf(scale: LinearScale | LogarithmicScale, values: number[]): {value: number}[] {
  Object.assign(scale, {start: scale.min, end: scale.max});
  return values.map((value) => ({value}));
}

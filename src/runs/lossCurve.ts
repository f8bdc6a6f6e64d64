import type {GrowingColumns} from './growingColumns';
import type {StepColumn} from './runReader';

/** Losses of the steps at which one was seen, in order. A NaN here is a loss that was NaN. */
export interface LossCurve {
  step: Float64Array;
  loss: Float64Array;
}

/** Losses at the beginning and the end of a curve that its divergence is told by. */
export const LOSS_WINDOW = 20;
const BLOWN_UP = 10;

/**
 * Losses of a run, one curve for each optimizer and thread: losses of two of them can't be compared.
 * The record has NaN both for a loss that is NaN and for none seen. An optimizer that never had a
 * loss counts as one whose loss is not seen, unless `nanWasSeen` says that the run had NaN losses.
 */
export function lossCurves(steps: GrowingColumns<StepColumn>, nanWasSeen: boolean): LossCurve[] {
  const step = steps.column('step');
  const loss = steps.column('loss');
  const thread = steps.column('thread');
  const optimizer = steps.column('optimizer');
  const rowsOf = new Map<string, number[]>();
  for (let row = 0; row < steps.length; row++) {
    const key = `${thread[row]}/${optimizer[row]}`;
    const rows = rowsOf.get(key);
    if (rows) rows.push(row);
    else rowsOf.set(key, [row]);
  }
  const curves: LossCurve[] = [];
  for (const rows of rowsOf.values()) {
    if (!nanWasSeen && rows.every((row) => Number.isNaN(loss[row]))) continue;
    curves.push({step: Float64Array.from(rows, (row) => step[row] ?? NaN), loss: Float64Array.from(rows, (row) => loss[row] ?? NaN)});
  }
  return curves;
}

/** All losses of a run in the order of its steps. */
export function mergedLosses(curves: LossCurve[]): LossCurve {
  const only = curves[0];
  if (curves.length === 1 && only) return only;
  const points = curves.flatMap((curve) => Array.from(curve.step, (step, i) => ({step, loss: curve.loss[i] ?? NaN})));
  points.sort((a, b) => a.step - b.step);
  return {step: Float64Array.from(points, (point) => point.step), loss: Float64Array.from(points, (point) => point.loss)};
}

/** Is the last loss non-finite, or the median of the last 20 above twice that of the first 20? */
export function hasDiverged({loss}: LossCurve): boolean {
  const last = loss.at(-1);
  if (last === undefined) return false;
  if (!Number.isFinite(last)) return true;
  const before = median(loss.slice(0, LOSS_WINDOW));
  // Twice the first median, carried over to losses that may be negative: risen by more than its size.
  return median(loss.slice(-LOSS_WINDOW)) > before + Math.abs(before);
}

/** Does a positive loss end far above where it began, by the median of its last 20? Meant for a run that was seen to blow up. */
export function hasBlownUp({loss}: LossCurve): boolean {
  const first = loss[0];
  return first !== undefined && first > 0 && median(loss.slice(-LOSS_WINDOW)) > BLOWN_UP * first;
}

/** Median; a NaN counts as above everything. NaN without values. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** Quantile by linear interpolation between order statistics; a NaN counts as above everything. NaN without values. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values, (value) => (Number.isNaN(value) ? Infinity : value)).sort();
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low === high ? low : low + (high - low) * (at - Math.floor(at));
}

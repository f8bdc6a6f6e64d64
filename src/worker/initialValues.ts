import type {InitialValues} from '../protocol/events';
import {MOMENT_COLUMNS, moment} from '../protocol/moments';
import {sumMoments} from './momentSums';
import {asFloats} from './tensorValues';
import type {TfTensor} from './tfjsTypes';

/** Reading more than this at the first step would be felt. */
const MOST_ELEMENTS = 4_000_000;

/**
 * Moments of a variable's own values, read once, before its first update: they tell a layer that was
 * started wrongly. Undefined where they are too many or not finite.
 */
export function initialValues(variable: TfTensor): InitialValues | undefined {
  if (variable.size > MOST_ELEMENTS || variable.size === 0) return undefined;
  const row = new Float64Array(MOMENT_COLUMNS);
  sumMoments(asFloats(variable), row, 0);
  if (row[moment.finite] !== variable.size) return undefined;
  return {mean: row[moment.mean] ?? 0, std: row[moment.std] ?? 0, min: row[moment.min] ?? 0, max: row[moment.max] ?? 0};
}

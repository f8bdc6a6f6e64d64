import type {StepRange} from '../../charts/linkedChart';
import {newestStep, type PanelState} from '../state';

/** Steps of the whole of what is shown, so that all charts agree. */
export function chartRange(state: PanelState): StepRange {
  return {from: 1, to: Math.max(2, newestStep(state))};
}

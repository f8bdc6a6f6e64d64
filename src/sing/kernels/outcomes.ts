import type {StepOutcome} from '../stepKernels';

/** Of a step that was left out. */
export function skippedStep(parameters: number): StepOutcome {
  return {skipped: true, norms: new Float64Array(parameters).fill(NaN), moments: null};
}

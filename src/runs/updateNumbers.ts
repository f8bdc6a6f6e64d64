import type {RunReader, UpdateColumn} from './runReader';

/** One parameter's update at a sampled step; NaN where something is not known. */
export interface UpdateNumbers {
  step: number;
  weightNorm: number;
  updateNorm: number;
  /** The update's norm by the weights': healthy trainings lie about 1e-3. */
  updateRatio: number;
  /** The update's norm by that of the gradient as the optimizer got it: the learning rate, for plain SGD. */
  effectiveRate: number;
  cosine: number;
  secondMomentRms: number;
  deadUnits: number;
}

export const updateNumberNames = ['weightNorm', 'updateNorm', 'updateRatio', 'effectiveRate', 'cosine', 'secondMomentRms', 'deadUnits'] as const;

/** What was measured of a parameter's updates, and what follows from it, in order of steps. */
export function updateNumbers(run: RunReader, parameter: number): UpdateNumbers[] {
  const updates = run.updates(parameter);
  return Array.from(updates.column('step'), (step, row) => {
    const value = (name: UpdateColumn): number => updates.column(name)[row] ?? NaN;
    const [weightNorm, updateNorm] = [value('weightNorm'), value('updateNorm')];
    return {
      step, weightNorm, updateNorm, updateRatio: updateNorm / weightNorm, effectiveRate: updateNorm / value('gradientNorm'),
      cosine: value('cosine'), secondMomentRms: value('secondMomentRms'), deadUnits: value('deadUnits'),
    };
  });
}

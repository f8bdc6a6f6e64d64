import type {RunReader} from './runReader';

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
  const [updates, series] = [run.updates(parameter), run.series(parameter)];
  const [steps, norms] = [series.column('step'), series.column('normAfter')];
  let row = 0;
  return Array.from(updates.column('step'), (step, at) => {
    const value = (name: 'weightNorm' | 'updateNorm' | 'cosine' | 'secondMomentRms' | 'deadUnits'): number => updates.column(name)[at] ?? NaN;
    while (row < steps.length && (steps[row] ?? Infinity) < step) row++;
    const norm = steps[row] === step ? (norms[row] ?? NaN) : NaN;
    const [weightNorm, updateNorm] = [value('weightNorm'), value('updateNorm')];
    return {
      step, weightNorm, updateNorm, updateRatio: updateNorm / weightNorm, effectiveRate: updateNorm / norm,
      cosine: value('cosine'), secondMomentRms: value('secondMomentRms'), deadUnits: value('deadUnits'),
    };
  });
}

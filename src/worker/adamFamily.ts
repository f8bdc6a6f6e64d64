import type {TfOptimizer} from './tfjsTypes';

/** What full SING takes over from an optimizer of Adam's family, as it stands now. */
export interface AdamSettings {
  learningRate: number;
  beta1: number;
  beta2: number;
}

/**
 * The settings of Adam, Adamax or a class of the user's own that has the same: what has a rate and two betas
 * estimates two moments. null for every other optimizer.
 */
export function adamSettings(optimizer: TfOptimizer): AdamSettings | null {
  const {learningRate, beta1, beta2, decay, iterations} = optimizer as TfOptimizer & {beta1?: unknown; beta2?: unknown; decay?: unknown; iterations?: unknown};
  if (!isNumber(learningRate) || !isShare(beta1) || !isShare(beta2)) return null;
  // Adamax has a schedule of its own.
  const decayed = isNumber(decay) && isNumber(iterations) ? 1 + decay * iterations : 1;
  return {learningRate: learningRate / decayed, beta1, beta2};
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isShare(value: unknown): value is number {
  return isNumber(value) && value >= 0 && value < 1;
}

import {prototypeChain} from './prototypeHooks';
import type {TfOptimizer} from './tfjsTypes';

/** The learning rate as the script set it; NaN where an optimizer has none that can be read. */
export function rateOf(optimizer: TfOptimizer): number {
  return typeof optimizer.learningRate === 'number' ? optimizer.learningRate : NaN;
}

export function hasSettableRate(optimizer: TfOptimizer): boolean {
  if (typeof optimizer.learningRate !== 'number') return false;
  if (typeof optimizer.setLearningRate === 'function') return true;
  for (const object of prototypeChain(optimizer)) {
    const property = Object.getOwnPropertyDescriptor(object, 'learningRate');
    if (property !== undefined) return property.writable ?? property.set !== undefined;
  }
  return false;
}

/**
 * Runs `action` at the script's rate times `scale`. The script's own rate stands again right after,
 * or when the promise that `action` returns has settled: its schedule sees only what it set itself.
 */
export function atScaledRate(optimizer: TfOptimizer, scale: number, action: () => unknown): unknown {
  if (scale === 1) return action();
  const own = rateOf(optimizer);
  setRate(optimizer, own * scale);
  return settling(action, () => { setRate(optimizer, own); });
}

/** Runs `action`, then `done`: at once, or when the promise that it returns has settled. */
export function settling(action: () => unknown, done: () => void): unknown {
  let settled = true;
  // No catch: an error that is thrown again would be shown as one of this file.
  try {
    const result = action();
    if (!(result instanceof Promise)) return result;
    settled = false;
    return result.finally(done);
  } finally {
    if (settled) done();
  }
}

function setRate(optimizer: TfOptimizer, rate: number): void {
  if (typeof optimizer.setLearningRate === 'function') optimizer.setLearningRate(rate);
  else optimizer.learningRate = rate;
}

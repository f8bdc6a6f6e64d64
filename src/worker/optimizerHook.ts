import type {StepTap} from './stepTap';
import {hasOwnMethod, prototypeChain, wrapMethod} from './prototypeHooks';
import type {TfOptimizer, VariableGradients} from './tfjsTypes';

type ApplyGradients = (this: TfOptimizer, gradients: VariableGradients) => unknown;

let inside = false;
/** Optimizers with a step that has not settled yet, and the method that it began in. */
const underWay = new WeakMap<TfOptimizer, ApplyGradients>();

/**
 * Wraps `applyGradients` of one class. Calls from inside another step (a subclass that calls its
 * parent, an optimizer around an optimizer) belong to that step.
 * @param begun hears of each step before anything else
 * @param allow asked before each step; false leaves the step out (a stop was asked for)
 */
export function hookOptimizer(prototype: object, begun: (optimizer: TfOptimizer) => void, tap: () => StepTap | null, allow: () => boolean): void {
  wrapMethod<ApplyGradients>(prototype, 'applyGradients', (original) => function applyGradients(this: TfOptimizer, gradients) {
    // An asynchronous method that calls its parent later is still in its own step.
    const within = inside || (underWay.get(this) ?? original) !== original;
    if (!within) begun(this);
    const current = within ? null : tap();
    if (current === null) return original.call(this, gradients);
    if (!allow()) return undefined;
    inside = true;
    try {
      const result = current.step(this, gradients, (changed) => original.call(this, changed));
      if (!(result instanceof Promise)) return result;
      underWay.set(this, original);
      return result.finally(() => { underWay.delete(this); });
    } finally {
      inside = false;
    }
  });
}

/**
 * Makes the base class tell of every instance, so that a class the user derives from it is hooked
 * before its first step.
 */
export function watchedOptimizer<T extends object>(base: T, found: (prototype: object) => void): T {
  const see = (instance: object): object => {
    for (const prototype of prototypeChain(Object.getPrototypeOf(instance) as object | null)) {
      if (hasOwnMethod(prototype, 'applyGradients')) found(prototype);
    }
    return instance;
  };
  return new Proxy(base, {
    construct: (target, args, newTarget) => see(Reflect.construct(target as never, args, newTarget) as object),
    // Code compiled to ES5 calls the parent as a function on its own instance.
    apply(target, self: object, args) {
      const result = Reflect.apply(target as never, self, args) as object | undefined;
      see(result ?? self);
      return result;
    },
  });
}

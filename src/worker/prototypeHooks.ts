const hooked = new WeakSet<object>();

/**
 * Replaces an own method of a prototype by one that wraps it, once.
 * @param wrap gets the original and returns what replaces it; `this` is the instance
 */
export function wrapMethod<F extends (...args: never[]) => unknown>(
  prototype: object, name: string, wrap: (original: F) => F,
): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  const original: unknown = descriptor?.value;
  if (typeof original !== 'function' || hooked.has(original) || descriptor?.configurable === false) return;
  const replacement = wrap(original as F);
  Object.defineProperty(replacement, 'name', {value: original.name, configurable: true});
  hooked.add(replacement);
  Object.defineProperty(prototype, name, {...descriptor, value: replacement});
}

/** An object and all that it inherits from, nearest first. */
export function* prototypeChain(object: object | null): Generator<object> {
  for (let current = object; current !== null; current = Object.getPrototypeOf(current) as object | null) yield current;
}

export function hasOwnMethod(object: object, name: string): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(object, name);
  return typeof descriptor?.value === 'function';
}

import type {TfEngine} from './tfjsTypes';

const GLOBAL = '_tfengine';

/** Calls back when any copy of tfjs, bundled ones too, makes the engine that all copies of a thread share. */
export function onEngine(found: (engine: TfEngine) => void): void {
  const scope = globalThis as unknown as Record<string, TfEngine | undefined>;
  const existing = scope[GLOBAL];
  if (existing !== undefined) return found(existing);
  Object.defineProperty(globalThis, GLOBAL, {
    configurable: true,
    enumerable: true,
    get: () => undefined,
    set: (engine: TfEngine) => {
      Object.defineProperty(globalThis, GLOBAL, {value: engine, writable: true, configurable: true, enumerable: true});
      found(engine);
    },
  });
}

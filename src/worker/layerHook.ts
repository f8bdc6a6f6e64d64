import type {Attempt} from './attempt';
import {captureFrames} from './callSites';
import type {ParameterRegistry} from './parameterRegistry';
import {prototypeChain, wrapMethod} from './prototypeHooks';
import type {TfLayer, TfVariable} from './tfjsTypes';

/**
 * The base constructor of every layer assigns this property, and nothing else that could be
 * observed: an accessor on the prototype sees each layer at birth, user-written ones included.
 */
const BIRTH_PROPERTY = 'activityRegularizer';

/** Learns of each layer where it was constructed, and which weights it makes. */
export function hookLayers(prototype: object, registry: ParameterRegistry, attempt: Attempt): void {
  watchBirths(prototype, (layer) => { attempt(() => { register(layer, registry); }); });
  wrapMethod<(this: object, name: string, ...rest: unknown[]) => {val?: TfVariable}>(prototype, 'addWeight', (original) => function addWeight(this: object, name, ...rest) {
    const weight = original.call(this, name, ...rest);
    attempt(() => { if (weight.val !== undefined) registry.addWeight(weight.val, this, name); });
    return weight;
  });
}

/**
 * In a script that has tfjs bundled no module exports the class: the first layer leads to it.
 * Until then the accessor sits on Object.prototype, invisible to enumeration.
 * @returns false where a script has closed Object.prototype
 */
export function hookFirstLayer(registry: ParameterRegistry, attempt: Attempt): boolean {
  return watchBirths(Object.prototype, (layer) => {
    attempt(() => {
      const prototype = layerPrototype(layer);
      if (prototype === null) return;
      unhookFirstLayer();
      hookLayers(prototype, registry, attempt);
      register(layer, registry);
    });
  });
}

export function unhookFirstLayer(): void {
  Reflect.deleteProperty(Object.prototype, BIRTH_PROPERTY);
}

/** @returns false where the script has closed the prototype: its layers are born unseen */
function watchBirths(prototype: object, born: (layer: object) => void): boolean {
  if (Object.prototype.hasOwnProperty.call(prototype, BIRTH_PROPERTY)) return true;
  return Reflect.defineProperty(prototype, BIRTH_PROPERTY, {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, value: unknown) {
      Object.defineProperty(this, BIRTH_PROPERTY, {value, writable: true, configurable: true, enumerable: true});
      born(this);
    },
  });
}

function register(layer: object, registry: ParameterRegistry): void {
  const classNames: string[] = [];
  for (const prototype of prototypeChain(Object.getPrototypeOf(layer) as object | null)) {
    if (prototype === Object.prototype) break;
    const {constructor} = prototype as {constructor: {className?: string; name?: string}};
    if (constructor.name) classNames.push(constructor.name);
    if (typeof constructor.className === 'string') classNames.push(constructor.className);
  }
  const {constructor} = layer as TfLayer;
  registry.addLayer(layer, {
    // The name comes later in the constructor: it is read when it is needed.
    get name() { return (layer as TfLayer).name; },
    className: constructor.className ?? classNames[0] ?? 'Layer',
    classNames,
    frames: captureFrames(),
  });
}

function layerPrototype(layer: object): object | null {
  for (const prototype of prototypeChain(Object.getPrototypeOf(layer) as object | null)) {
    if (Object.prototype.hasOwnProperty.call(prototype, 'addWeight')) return prototype;
  }
  return null;
}

import type {Parameter} from '../protocol/events';
import {kindFromLayer} from '../sing/kind';
import {userSite, type Frame} from './callSites';
import type {TfVariable} from './tfjsTypes';

/** What is known of a layer from the moment it was constructed. */
export interface LayerOrigin {
  name: string;
  className: string;
  /** Names of its classes, innermost first; tells its own frames in an unmapped bundle. */
  classNames: string[];
  frames: Frame[];
}

interface VariableOrigin {
  layer: object | null;
  /** Name that the layer gave the weight, e.g. kernel. */
  weight: string | null;
  frames: Frame[];
}

const VARIABLE_CLASSES = ['Variable', 'makeVariable', 'registerVariable', 'LayerVariable'];

/** Knows every variable's layer and call site, and numbers those that are trained. */
export class ParameterRegistry {
  readonly #layers = new WeakMap<object, LayerOrigin>();
  readonly #variables = new WeakMap<TfVariable, VariableOrigin>();
  readonly #parameters = new WeakMap<TfVariable, Parameter>();
  /** Variables of one name one after another (two models, a disposed and remade one) are one parameter if nothing else differs. */
  readonly #byName = new Map<string, Parameter>();
  readonly #nextIndex: () => number;

  /** @param nextIndex numbers the parameters of all threads of the process */
  constructor(nextIndex: () => number) {
    this.#nextIndex = nextIndex;
  }

  addLayer(layer: object, origin: LayerOrigin): void {
    this.#layers.set(layer, origin);
  }

  /** Layers that come from a file stand where they were loaded: nothing of the user's was on the stack when they were made. */
  addLoaded(layers: readonly object[], frames: Frame[]): void {
    for (const layer of layers) {
      const origin = this.#layers.get(layer);
      if (origin !== undefined && userSite(origin.frames, origin.classNames) === null) this.#layers.set(layer, {...origin, name: origin.name, frames});
      this.addLoaded((layer as {layers?: object[]}).layers ?? [], frames);
    }
  }

  addVariable(variable: TfVariable, frames: Frame[]): void {
    this.#variables.set(variable, {layer: null, weight: null, frames});
  }

  addWeight(variable: TfVariable, layer: object, weight: string): void {
    const known = this.#variables.get(variable);
    this.#variables.set(variable, {layer, weight, frames: known?.frames ?? []});
  }

  /** The parameter that a trained variable is; `added` is called the first time one is seen. */
  parameterOf(variable: TfVariable, added: (parameter: Parameter) => void): Parameter {
    const known = this.#parameters.get(variable);
    if (known !== undefined) return known;
    const described = this.#describe(variable);
    const namesake = this.#byName.get(variable.name);
    const parameter = namesake !== undefined && sameParameter(namesake, described) ? namesake : {...described, index: this.#nextIndex()};
    this.#parameters.set(variable, parameter);
    if (parameter === namesake) return parameter;
    this.#byName.set(variable.name, parameter);
    added(parameter);
    return parameter;
  }

  #describe(variable: TfVariable): Omit<Parameter, 'index'> {
    const origin = this.#variables.get(variable);
    const layer = origin?.layer ? this.#layers.get(origin.layer) : undefined;
    const slash = variable.name.lastIndexOf('/');
    const shape = variable.shape.slice();
    return {
      name: variable.name,
      layer: slash > 0 ? variable.name.slice(0, slash) : layer?.name ?? variable.name,
      layerClass: layer?.className ?? null,
      shape,
      kind: kindFromLayer(layer?.className, origin?.weight ?? variable.name, shape),
      site: layer ? userSite(layer.frames, layer.classNames) : origin ? userSite(origin.frames, VARIABLE_CLASSES) : null,
    };
  }
}

function sameParameter(a: Parameter, b: Omit<Parameter, 'index'>): boolean {
  return a.shape.join() === b.shape.join() && a.site?.file === b.site?.file && a.site?.line === b.site?.line;
}

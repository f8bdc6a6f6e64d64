import type {Parameter} from '../protocol/events';
import {kindFromLayer, kindFromShape} from '../sing/kind';
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
  readonly #indices = new WeakMap<TfVariable, number>();
  /** Variables of one name one after another (two models, a disposed and remade one) are one parameter if nothing else differs. */
  readonly #byName = new Map<string, Parameter>();
  readonly parameters: Parameter[] = [];

  addLayer(layer: object, origin: LayerOrigin): void {
    this.#layers.set(layer, origin);
  }

  addVariable(variable: TfVariable, frames: Frame[]): void {
    this.#variables.set(variable, {layer: null, weight: null, frames});
  }

  addWeight(variable: TfVariable, layer: object, weight: string): void {
    const known = this.#variables.get(variable);
    this.#variables.set(variable, {layer, weight, frames: known?.frames ?? []});
  }

  /**
   * Index of a trained variable; `added` is called the first time one is seen.
   */
  indexOf(variable: TfVariable, added: (parameter: Parameter) => void): number {
    const known = this.#indices.get(variable);
    if (known !== undefined) return known;
    const parameter = this.#describe(variable);
    const namesake = this.#byName.get(variable.name);
    if (namesake !== undefined && sameParameter(namesake, parameter)) {
      this.#indices.set(variable, namesake.index);
      return namesake.index;
    }
    this.#byName.set(variable.name, parameter);
    this.#indices.set(variable, parameter.index);
    this.parameters.push(parameter);
    added(parameter);
    return parameter.index;
  }

  #describe(variable: TfVariable): Parameter {
    const origin = this.#variables.get(variable);
    const layer = origin?.layer ? this.#layers.get(origin.layer) : undefined;
    const slash = variable.name.lastIndexOf('/');
    const shape = variable.shape.slice();
    return {
      index: this.parameters.length,
      name: variable.name,
      layer: slash > 0 ? variable.name.slice(0, slash) : layer?.name ?? variable.name,
      layerClass: layer?.className ?? null,
      shape,
      kind: layer && origin?.weight ? kindFromLayer(layer.className, origin.weight, shape) : kindFromShape(shape),
      site: layer ? userSite(layer.frames, layer.classNames) : origin ? userSite(origin.frames, VARIABLE_CLASSES) : null,
    };
  }
}

function sameParameter(a: Parameter, b: Parameter): boolean {
  return a.shape.join() === b.shape.join() && a.site?.file === b.site?.file && a.site?.line === b.site?.line;
}

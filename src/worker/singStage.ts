import type {Parameter} from '../protocol/events';
import type {SingSettings} from '../protocol/sing';
import {meansOneElement} from '../sing/kind';
import {transformArray} from '../sing/transformArray';
import {UNCHANGED} from './frames';
import type {CentralizeAxes, NativeOps} from '../sing/nativeOps';
import type {SingControl} from './singControl';
import type {StepGradient} from './stepGradient';
import {areFloats, asFloats} from './tensorValues';
import type {TfEngine, TfTensor, VariableGradients} from './tfjsTypes';

/** Added to the norm, as in the authors' code. */
const EPSILON = 1e-8;
const NORMALIZE_CODE = {norm: 1, std: 2} as const;
/** The axis rules as the native operation numbers them. */
const AXES_CODE = {none: 0, allButLast: 1, depthwise: 2, lastOnly: 3} as const;

export interface SingContext {
  engine: TfEngine;
  ops: NativeOps | null;
  sing: SingControl;
}

export interface TransformedGradients {
  /** In the form that the optimizer was given. */
  gradients: VariableGradients;
  /** L2 norm of each gradient of the step as the optimizer gets it. */
  norms: Float64Array;
  /** What the transform ran on. */
  kernels: 'fused' | 'js';
  dispose(): void;
}

/** SING in front of an optimizer that makes its update by itself. */
export class SingStage {
  readonly #context: SingContext;

  constructor(context: SingContext) {
    this.#context = context;
  }

  transform(gradients: readonly StepGradient[], given: VariableGradients, settings: SingSettings): TransformedGradients {
    const chosen = gradients.filter(({parameter}) => !this.#context.sing.excludes(parameter, settings));
    const {tensors, norms, kernels} = this.#change(chosen, settings);
    const byName = new Map(chosen.map(({name}, row) => [name, tensors[row]]));
    const replace = (name: string, tensor: TfTensor | null): TfTensor | null => byName.get(name) ?? tensor;
    const changed = new Map(chosen.map(({name}, row) => [name, norms[row] ?? NaN]));
    return {
      gradients: Array.isArray(given)
        ? given.map(({name, tensor}) => ({name, tensor: replace(name, tensor)}))
        : Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, replace(name, tensor)])),
      norms: Float64Array.from(gradients, ({name}) => changed.get(name) ?? UNCHANGED),
      kernels,
      dispose: () => { for (const tensor of tensors) tensor.dispose(); },
    };
  }

  #change(chosen: readonly StepGradient[], settings: SingSettings): {tensors: TfTensor[]; norms: Float64Array; kernels: TransformedGradients['kernels']} {
    const {engine, ops} = this.#context;
    const {getInputTensorIds, createOutputTensor} = engine.backend;
    const given = chosen.map(({tensor}) => tensor);
    if (ops !== null && getInputTensorIds && createOutputTensor && chosen.length > 0 && areFloats(given)) {
      const ids = getInputTensorIds.call(engine.backend, given);
      const axes = chosen.map(({parameter}) => axesCode(parameter, settings));
      const {outputs, norms} = ops.sing(ids, axes, settings.normalize === false ? 0 : NORMALIZE_CODE[settings.normalize], EPSILON);
      const tensors = outputs.map((output) => createOutputTensor.call(engine.backend, output));
      return {tensors, norms, kernels: 'fused'};
    }
    const norms = new Float64Array(chosen.length);
    const tensors = chosen.map(({name, tensor, variable, parameter}, row) => {
      if (tensor.size !== variable.size) throw new Error(`the gradient of ${name} has not the size of its variable`);
      const {values, norm} = transformArray(asFloats(tensor), parameter.shape, parameter.kind, {...settings, epsilon: EPSILON});
      norms[row] = norm;
      return engine.makeTensor(values, tensor.shape, 'float32');
    });
    return {tensors, norms, kernels: 'js'};
  }
}

function axesCode({kind, shape}: Parameter, {centralize}: SingSettings): CentralizeAxes {
  if (centralize === false || kind === 'vector' || shape.length < 2) return AXES_CODE.none;
  if (centralize === true && meansOneElement(kind, shape)) return AXES_CODE.none;
  if (kind === 'depthwise') return AXES_CODE.depthwise;
  return kind === 'embedding' ? AXES_CODE.lastOnly : AXES_CODE.allButLast;
}

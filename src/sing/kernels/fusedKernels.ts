import type {Tensor} from '@tensorflow/tfjs-core';
import {centralizedAxes, meansOneElement, type ParameterKind} from '../kind';
import type {BindingTensor, CentralizeAxes, NativeOps, NormalizeBy} from '../nativeOps';
import type {TransformSettings} from '../options';
import type {ParameterStep, StateArray, StepKernels, StepOutcome, StepSettings} from '../stepKernels';
import type {Tfjs} from '../tfjs';
import {ownedBy, type NodeBackend} from './nodeBackend';

class NativeState implements StateArray {
  constructor(readonly tensor: BindingTensor, readonly size: number) {}
}

/** Kernels in one TensorFlow op for all parameters of a step. */
export class FusedKernels implements StepKernels {
  readonly name = 'fused';

  constructor(private readonly tf: Tfjs, private readonly backend: NodeBackend, private readonly ops: NativeOps) {}

  transform(gradients: Parameters<StepKernels['transform']>[0], settings: TransformSettings): Tensor[] {
    if (gradients.length === 0) return [];
    const {backend} = this;
    const ids = backend.getInputTensorIds(gradients.map(({gradient}) => gradient));
    const axes = gradients.map(({gradient, kind}) => axesCode(kind, gradient.shape, settings));
    return this.ops.sing(ids, axes, normalizeCode(settings), settings.epsilon).outputs.map((output) => backend.createOutputTensor(output));
  }

  update(parameters: readonly ParameterStep[], settings: StepSettings): StepOutcome {
    const {transform} = settings;
    const slow = parameters.map((parameter) => parameter.slow);
    const {weights, ...outcome} = this.ops.update({
      gradients: this.backend.getInputTensorIds(parameters.map(({gradient}) => gradient)),
      weights: this.backend.getInputTensorIds(parameters.map(({variable}) => variable)),
      state: parameters.flatMap(({state}) => state.map(idOf)),
      slow: slow.every((array) => array !== null) ? slow.map(idOf) : null,
      transforms: parameters.map(({transforms}) => transforms),
      axes: parameters.map(({kind, variable, transforms}) => (transform === null || !transforms ? 0 : axesCode(kind, variable.shape, transform))),
      decays: parameters.map(({decays}) => decays),
      corrections: parameters.map(({corrections}) => corrections),
      settings,
    });
    weights.forEach((output, index) => {
      const tensor = this.backend.createOutputTensor(output);
      parameters[index]!.variable.assign(tensor);
      tensor.dispose();
    });
    return outcome;
  }

  stateOf(like: Tensor, fill: 'zeros' | 'copy'): StateArray {
    const [id] = this.backend.getInputTensorIds([like]);
    return new NativeState(this.ops.state(id!, fill), like.size);
  }

  tensorOf(state: StateArray): Tensor {
    return ownedBy(this.tf, this.backend, this.backend.createOutputTensor(this.ops.state(idOf(state), 'copy')));
  }

  release(state: StateArray): void {
    this.ops.release(idOf(state));
  }
}

function idOf(state: StateArray | null): number {
  return (state as NativeState).tensor.id;
}

function normalizeCode({normalize}: TransformSettings): NormalizeBy {
  return normalize === false ? 0 : normalize === 'std' ? 2 : 1;
}

function axesCode(kind: ParameterKind, shape: readonly number[], {centralize}: TransformSettings): CentralizeAxes {
  if (centralize === false || centralizedAxes(kind, shape).length === 0 || (centralize === true && meansOneElement(kind, shape))) return 0;
  if (kind === 'depthwise') return 2;
  return kind === 'embedding' ? 3 : 1;
}

import type {Tensor, Variable} from '@tensorflow/tfjs-core';
import {giveUpKernels, kernelsFor} from './kernels/kernelChoice';
import {OpsKernels} from './kernels/opsKernels';
import type {ParameterKind} from './kind';
import type {TransformSettings} from './options';
import type {ParameterMemory} from './parameterMemory';
import {stateArrays, type ParameterStep, type StepKernels, type StepOutcome, type StepSettings} from './stepKernels';
import type {Tfjs} from './tfjs';

/** One parameter in one step, with its memory in any form. */
export interface RememberedStep extends Omit<ParameterStep, 'state' | 'slow'> {
  readonly memory: ParameterMemory;
}

export interface StepResult extends StepOutcome {
  /** The kernels that ran. */
  readonly kernels: StepKernels['name'];
}

/**
 * One update of all parameters by the kernels of the present backend; memories follow when it changes.
 * @param parameters each of float32, with gradient and variable of one shape; see {@link canUpdate}
 * @param hasSlow whether LookAhead's slow weights are kept
 */
export function runStep(tf: Tfjs, parameters: readonly RememberedStep[], settings: StepSettings, hasSlow: boolean): StepResult {
  return withKernels(tf, (kernels) => {
    if (parameters.length === 0) return {skipped: false, norms: new Float64Array(0), moments: null, kernels: kernels.name};
    const steps = parameters.map(({memory, ...parameter}): ParameterStep => {
      memory.prepare(kernels, parameter.variable, stateArrays[settings.rule.rule], hasSlow);
      return {...parameter, state: memory.arrays, slow: memory.slow};
    });
    return {...kernels.update(steps, settings), kernels: kernels.name};
  });
}

/** SING's transform alone by the kernels of the present backend: new tensors, the caller's. */
export function runTransform(tf: Tfjs, gradients: readonly {readonly gradient: Tensor; readonly kind: ParameterKind}[], settings: TransformSettings): Tensor[] {
  if (gradients.some(({gradient}) => gradient.dtype !== 'float32')) return new OpsKernels(tf).transform(gradients, settings);
  return withKernels(tf, (kernels) => kernels.transform(gradients, settings));
}

/** Whether kernels can update the variable by the gradient. */
export function canUpdate(variable: Variable, gradient: Tensor): boolean {
  return variable.dtype === 'float32' && gradient.dtype === 'float32' && variable.rank === gradient.rank && variable.shape.every((size, axis) => size === gradient.shape[axis]);
}

function withKernels<T>(tf: Tfjs, run: (kernels: StepKernels) => T): T {
  const kernels = kernelsFor(tf);
  try {
    return run(kernels);
  } catch (error) {
    if (!giveUpKernels(tf, kernels, error)) throw error;
    return withKernels(tf, run);
  }
}

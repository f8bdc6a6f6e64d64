import type {Tensor} from '@tensorflow/tfjs-core';
import type {ParameterStep, StateArray, StepKernels, StepOutcome, StepSettings, UpdateRule} from '../stepKernels';
import type {Tfjs} from '../tfjs';
import {normOf, transformArray} from '../transformArray';
import {adam, merge, momentum, sgd, softplusAdam, type RuleArrays} from './arrayRules';
import {skippedStep} from './outcomes';
import {valuesFinite} from './finite';

class ArrayState implements StateArray {
  constructor(readonly values: Float32Array) {}

  get size(): number {
    return this.values.length;
  }
}

/** Holds a transformed gradient on its way into the rule; grows to the largest parameter. */
let scratch = new Float32Array(0);

/**
 * Kernels for a backend that holds its numbers in JavaScript arrays. A step costs a few loops over each parameter;
 * TensorFlow.js' own operations make a new array and a dispatch for every sum and product.
 */
export class ArrayKernels implements StepKernels {
  readonly name = 'js';

  constructor(private readonly tf: Tfjs) {}

  transform(gradients: Parameters<StepKernels['transform']>[0], settings: Parameters<StepKernels['transform']>[1]): Tensor[] {
    return gradients.map(({gradient, kind}) => this.tf.tensor(transformArray(gradient.dataSync<'float32'>(), gradient.shape, kind, settings).values, gradient.shape));
  }

  update(parameters: readonly ParameterStep[], settings: StepSettings): StepOutcome {
    const gradients = parameters.map(({gradient}) => gradient.dataSync<'float32'>());
    if (settings.skipNonFinite && !gradients.every(valuesFinite)) return skippedStep(parameters.length);
    const norms = new Float64Array(parameters.length);
    const engine = this.tf.engine();
    parameters.forEach((parameter, index) => {
      const {variable} = parameter;
      const {values, norm} = arriving(gradients[index]!, parameter, settings);
      norms[index] = norm;
      const updated = new Float32Array(variable.size);
      apply({gradient: values, weights: variable.dataSync<'float32'>(), updated}, parameter, settings.rule);
      if (settings.merge !== null && parameter.slow !== null) merge(updated, (parameter.slow as ArrayState).values, settings.merge);
      const tensor = engine.makeTensor(updated, variable.shape, 'float32');
      variable.assign(tensor);
      tensor.dispose();
    });
    return {skipped: false, norms, moments: null};
  }

  stateOf(like: Tensor, fill: 'zeros' | 'copy'): StateArray {
    return new ArrayState(fill === 'zeros' ? new Float32Array(like.size) : Float32Array.from(like.dataSync()));
  }

  tensorOf(state: StateArray, shape: number[]): Tensor {
    return this.tf.tensor((state as ArrayState).values.slice(), shape, 'float32');
  }

  // The garbage collector has it.
  release(): void {}
}

/** A gradient as the rule gets it, and its L2 norm where that comes with it or is wanted. */
function arriving(gradient: Float32Array, {kind, transforms, variable}: ParameterStep, {transform, wants}: StepSettings): {values: Float32Array; norm: number} {
  if (transform === null || !transforms) return {values: gradient, norm: wants === 'none' ? NaN : normOf(gradient)};
  if (scratch.length < gradient.length) scratch = new Float32Array(gradient.length);
  return transformArray(gradient, variable.shape, kind, transform, scratch);
}

function apply(arrays: RuleArrays, {state, corrections, decays}: ParameterStep, rule: UpdateRule): void {
  const [first, second] = state as readonly ArrayState[];
  if (rule.rule === 'sgd') sgd(arrays, rule.learningRate);
  else if (rule.rule === 'momentum') momentum(arrays, first!.values, rule.learningRate, rule.momentum, rule.nesterov);
  else {
    const {beta1, beta2, epsilon, softplus, learningRate, weightDecay} = rule;
    // softplus(x, beta) = log(1 + exp(beta x)) / beta: the division moves into the rate.
    const beta = softplus === 0 ? 1 : softplus;
    const numbers = {
      beta1, beta2, epsilon,
      slope: beta / Math.sqrt(corrections[1]),
      rate: (learningRate / corrections[0]) * beta,
      kept: decays ? 1 - learningRate * weightDecay : 1,
    };
    (softplus === 0 ? adam : softplusAdam)(arrays, first!.values, second!.values, numbers);
  }
}

import type {Scalar, Tensor, Variable} from '@tensorflow/tfjs-core';
import type {ParameterStep, StateArray, StepKernels, StepOutcome, StepSettings, UpdateRule} from '../stepKernels';
import type {Tfjs} from '../tfjs';
import {makeOpsTransform, type Transform} from './opsTransform';
import {tensorsFinite} from './finite';
import {skippedStep} from './outcomes';

class TensorState implements StateArray {
  constructor(readonly variable: Variable) {}

  get size(): number {
    return this.variable.size;
  }
}

/** Kernels for any backend, by TensorFlow.js' own operations. */
export class OpsKernels implements StepKernels {
  readonly name = 'tfjs';
  private readonly transformOne: Transform;

  constructor(private readonly tf: Tfjs) {
    this.transformOne = makeOpsTransform(tf);
  }

  transform(gradients: Parameters<StepKernels['transform']>[0], settings: Parameters<StepKernels['transform']>[1]): Tensor[] {
    return gradients.map(({gradient, kind}) => this.transformOne(gradient, kind, settings));
  }

  update(parameters: readonly ParameterStep[], settings: StepSettings): StepOutcome {
    const {tf} = this;
    if (settings.skipNonFinite && !tensorsFinite(tf, parameters.map(({gradient}) => gradient))) return skippedStep(parameters.length);
    const norms = new Float64Array(parameters.length).fill(NaN);
    parameters.forEach((parameter, index) => {
      tf.tidy(() => {
        const {gradient, kind, variable, slow} = parameter;
        const arriving = settings.transform !== null && parameter.transforms ? this.transformOne(gradient, kind, settings.transform) : gradient;
        if (settings.wants !== 'none') norms[index] = tf.sqrt(tf.sum(tf.square(arriving))).dataSync()[0] ?? NaN;
        let updated = this.apply(arriving, parameter, settings.rule);
        if (settings.merge !== null && slow !== null) {
          const {variable: held} = slow as TensorState;
          updated = tf.add(tf.mul(updated, settings.merge), tf.mul(held, 1 - settings.merge));
          held.assign(updated);
        }
        variable.assign(updated);
      });
    });
    return {skipped: false, norms, moments: null};
  }

  stateOf(like: Tensor, fill: 'zeros' | 'copy'): StateArray {
    return new TensorState(this.tf.tidy(() => this.tf.variable(fill === 'zeros' ? this.tf.zerosLike(like) : this.tf.clone(like), false)));
  }

  tensorOf(state: StateArray): Tensor {
    // The data is shared, but assigning gives the variable other data.
    return this.tf.clone((state as TensorState).variable);
  }

  release(state: StateArray): void {
    (state as TensorState).variable.dispose();
  }

  private apply(gradient: Tensor, {variable, state, corrections, decays}: ParameterStep, rule: UpdateRule): Tensor {
    const {tf} = this;
    const [first, second] = (state as readonly TensorState[]).map((array) => array.variable);
    if (rule.rule === 'sgd') return tf.sub(variable, tf.mul(gradient, rule.learningRate));
    if (rule.rule === 'momentum') {
      const velocity = tf.add(tf.mul(first!, rule.momentum), gradient);
      first!.assign(velocity);
      const direction = rule.nesterov ? tf.add(gradient, tf.mul(velocity, rule.momentum)) : velocity;
      return tf.sub(variable, tf.mul(direction, rule.learningRate));
    }
    const {beta1, beta2, epsilon, softplus, learningRate, weightDecay} = rule;
    const m = tf.add(tf.mul(first!, beta1), tf.mul(gradient, 1 - beta1));
    const v = tf.add(tf.mul(second!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    first!.assign(m);
    second!.assign(v);
    // softplus(x, beta) = log(1 + exp(beta x)) / beta: the division moves into the rate.
    const beta = softplus === 0 ? 1 : softplus;
    const root: Tensor = tf.mul(tf.sqrt(v), beta / Math.sqrt(corrections[1]));
    const denominator = softplus === 0 ? tf.add(root, epsilon) : tf.softplus(root as Scalar);
    const start = decays && weightDecay !== 0 ? tf.mul(variable, 1 - learningRate * weightDecay) : variable;
    return tf.sub(start, tf.mul(tf.div(m, denominator), (learningRate / corrections[0]) * beta));
  }
}

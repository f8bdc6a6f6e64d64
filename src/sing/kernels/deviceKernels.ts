import type {Tensor} from '@tensorflow/tfjs-core';
import {centralizedAxes, meansOneElement, type ParameterKind} from '../kind';
import type {TransformSettings} from '../options';
import type {ParameterStep, StateArray, StepKernels, StepOutcome, StepSettings, UpdateRule} from '../stepKernels';
import type {Tfjs} from '../tfjs';
import {tensorsFinite} from './finite';
import {ownedBy} from './nodeBackend';
import {skippedStep} from './outcomes';
import {RawOps, type RawBackend} from './rawOps';

type AdamRule = Extract<UpdateRule, {rule: 'adam'}>;

/** Held by a variable of TensorFlow's own, which its update kernels change in place. */
class ResourceState implements StateArray {
  /** A variable for the weights, which Adam's kernel wants; beside its first moment. */
  weights: number | null = null;

  constructor(readonly handle: number, readonly size: number) {}
}

/** Kernels of TensorFlow itself, on whatever device its tensors are. */
export class DeviceKernels implements StepKernels {
  readonly name = 'device';
  private readonly raw: RawOps;

  constructor(private readonly tf: Tfjs, private readonly backend: RawBackend) {
    this.raw = new RawOps(backend.binding);
  }

  transform(gradients: Parameters<StepKernels['transform']>[0], settings: TransformSettings): Tensor[] {
    const ids = this.backend.getInputTensorIds(gradients.map(({gradient}) => gradient));
    const outputs = this.raw.scope(() =>
      gradients.map(({gradient, kind}, index) => {
        const id = this.transformed(ids[index]!, gradient.shape, kind, settings);
        // An id that nothing was done to is the gradient's own.
        return this.raw.take(id === ids[index] ? this.raw.run('Identity', id) : id, gradient.shape);
      }),
    );
    return outputs.map((output) => this.backend.createOutputTensor(output));
  }

  update(parameters: readonly ParameterStep[], settings: StepSettings): StepOutcome {
    const {backend, raw} = this;
    const gradients = parameters.map(({gradient}) => gradient);
    if (settings.skipNonFinite && !tensorsFinite(this.tf, gradients)) return skippedStep(parameters.length);
    const gradientIds = backend.getInputTensorIds(gradients);
    const weightIds = backend.getInputTensorIds(parameters.map(({variable}) => variable));
    const outputs = raw.scope(() =>
      parameters.map((parameter, index) => {
        const {kind, variable, transforms, slow} = parameter;
        const gradient = settings.transform !== null && transforms ? this.transformed(gradientIds[index]!, variable.shape, kind, settings.transform) : gradientIds[index]!;
        let updated = this.apply(gradient, weightIds[index]!, parameter, settings);
        if (settings.merge !== null && slow !== null) {
          const {handle} = slow as ResourceState;
          updated = raw.run('AddV2', raw.run('Mul', updated, raw.scalar(settings.merge)), raw.run('Mul', raw.read(handle), raw.scalar(1 - settings.merge)));
          raw.assign(handle, updated);
        }
        return raw.take(updated, variable.shape);
      }),
    );
    outputs.forEach((output, index) => {
      const tensor = backend.createOutputTensor(output);
      parameters[index]!.variable.assign(tensor);
      tensor.dispose();
    });
    return {skipped: false, norms: new Float64Array(parameters.length).fill(NaN), moments: null};
  }

  stateOf(like: Tensor, fill: 'zeros' | 'copy'): StateArray {
    const [id] = this.backend.getInputTensorIds([like]) as [number];
    const handle = this.raw.scope(() => this.raw.variable(like.shape, fill === 'zeros' ? this.raw.run('ZerosLike', id) : id));
    return new ResourceState(handle, like.size);
  }

  tensorOf(state: StateArray, shape: number[]): Tensor {
    const {handle} = state as ResourceState;
    const {raw} = this;
    // Times one: a buffer that nobody shares.
    const output = raw.scope(() => raw.take(raw.run('Mul', raw.read(handle), raw.scalar(1)), shape));
    return ownedBy(this.tf, this.backend, this.backend.createOutputTensor(output));
  }

  release(state: StateArray): void {
    const {handle, weights} = state as ResourceState;
    this.raw.destroy(handle);
    if (weights !== null) this.raw.destroy(weights);
  }

  private transformed(id: number, shape: readonly number[], kind: ParameterKind, {centralize, normalize, epsilon}: TransformSettings): number {
    const {raw} = this;
    const axes = centralize === false || (centralize === true && meansOneElement(kind, shape)) ? [] : centralizedAxes(kind, shape);
    const centralized = axes.length === 0 ? id : raw.centralize(id, axes);
    if (normalize === false) return centralized;
    const size = shape.reduce((product, length) => product * length, 1);
    return raw.normalize(centralized, normalize === 'std' ? 1 / Math.sqrt(Math.max(1, size)) : 1, epsilon);
  }

  private apply(gradient: number, weights: number, parameter: ParameterStep, {rule}: StepSettings): number {
    const {raw} = this;
    const {state, corrections, decays} = parameter;
    const [first, second] = (state as readonly ResourceState[]).map(({handle}) => handle);
    if (rule.rule === 'sgd') return raw.run('Sub', weights, raw.run('Mul', gradient, raw.scalar(rule.learningRate)));
    if (rule.rule === 'momentum') {
      const velocity = raw.run('AddV2', raw.run('Mul', raw.read(first!), raw.scalar(rule.momentum)), gradient);
      raw.assign(first!, velocity);
      const direction = rule.nesterov ? raw.run('AddV2', gradient, raw.run('Mul', velocity, raw.scalar(rule.momentum))) : velocity;
      return raw.run('Sub', weights, raw.run('Mul', direction, raw.scalar(rule.learningRate)));
    }
    const {beta1, beta2, softplus, learningRate, weightDecay} = rule;
    const start = decays && weightDecay !== 0 ? raw.run('Mul', weights, raw.scalar(1 - learningRate * weightDecay)) : weights;
    if (softplus === 0) return this.adam(gradient, start, parameter, rule);
    const blend = (handle: number, value: number, rest: number): number => {
      const blended = raw.run('AddV2', raw.run('Mul', raw.read(handle), raw.scalar(1 - rest)), raw.run('Mul', value, raw.scalar(rest)));
      raw.assign(handle, blended);
      return blended;
    };
    const m = blend(first!, gradient, 1 - beta1);
    const v = blend(second!, raw.run('Square', gradient), 1 - beta2);
    // softplus(x, beta) = log(1 + exp(beta x)) / beta: the division moves into the rate.
    const root = raw.run('Mul', raw.run('Sqrt', v), raw.scalar(softplus / Math.sqrt(corrections[1])));
    return raw.run('Sub', start, raw.run('Mul', raw.run('Div', m, raw.run('Softplus', root)), raw.scalar((learningRate / corrections[0]) * softplus)));
  }

  /** TensorFlow's own Adam: with its epsilon before the bias correction, which is moved into rate and epsilon here. */
  private adam(gradient: number, weights: number, {variable, state, corrections}: ParameterStep, {beta1, beta2, epsilon, learningRate}: AdamRule): number {
    const {raw} = this;
    const [first, second] = state as readonly [ResourceState, ResourceState];
    if (first.weights === null) first.weights = raw.variable(variable.shape, weights);
    else raw.assign(first.weights, weights);
    const root = Math.sqrt(corrections[1]);
    const numbers = [0, 0, (learningRate * root) / corrections[0], beta1, beta2, epsilon * root].map((value) => raw.scalar(value));
    raw.apply('ResourceApplyAdam', [{name: 'use_nesterov', value: false}], first.weights, first.handle, second.handle, ...numbers, gradient);
    return raw.read(first.weights);
  }
}

import type {Optimizer, Tensor, Variable} from '@tensorflow/tfjs-core';
import type {UpdateRule} from '../stepKernels';
import type {Tfjs} from '../tfjs';

/** An entry of TensorFlow.js' own lists of what an optimizer remembers. */
export interface Accumulation {
  originalName: string;
  variable: Variable;
}

export interface StockFields {
  learningRate: number;
  c: Tensor;
  m: Tensor;
  useNesterov: boolean;
  beta1: number;
  beta2: number;
  epsilon: number;
  accBeta1: Variable;
  accBeta2: Variable;
}

/** What one of TensorFlow.js' own optimizers does and where it keeps what it remembers. */
export interface StockKind {
  /** Its lists of accumulations, in the order of the rule's state arrays, and what it puts behind a parameter's name there. */
  readonly lists: readonly {readonly field: string; readonly suffix: string}[];
  /** Adam's powers of the betas. */
  readonly powers: readonly ('accBeta1' | 'accBeta2')[];
  /** As it stands now; null when the optimizer has been disposed. */
  rule(optimizer: StockFields, rateScale: number): UpdateRule | null;
}

const sgd: StockKind = {
  lists: [],
  powers: [],
  rule: ({c}, rateScale) => (c.isDisposed ? null : {rule: 'sgd', learningRate: -scalarOf(c) * rateScale}),
};

const momentum: StockKind = {
  lists: [{field: 'accumulations', suffix: 'momentum'}],
  powers: [],
  // setMomentum changes the property and leaves the tensor, which is what the optimizer computes with.
  rule: ({c, m, useNesterov}, rateScale) =>
    c.isDisposed || m.isDisposed ? null : {rule: 'momentum', learningRate: -scalarOf(c) * rateScale, momentum: scalarOf(m), nesterov: useNesterov},
};

const adam: StockKind = {
  lists: [{field: 'accumulatedFirstMoment', suffix: 'm'}, {field: 'accumulatedSecondMoment', suffix: 'v'}],
  powers: ['accBeta1', 'accBeta2'],
  rule: ({learningRate, beta1, beta2, epsilon}, rateScale) => ({rule: 'adam', learningRate: learningRate * rateScale, beta1, beta2, epsilon, softplus: 0, weightDecay: 0}),
};

/**
 * Which of TensorFlow.js' own optimizers it is: an instance of just that class of this copy, whose applyGradients
 * nobody has replaced on it. null for every other.
 */
export function stockKind(tf: Tfjs, optimizer: Optimizer): StockKind | null {
  const prototype: unknown = Object.getPrototypeOf(optimizer);
  if (prototype === tf.SGDOptimizer.prototype) return sgd;
  if (prototype === tf.MomentumOptimizer.prototype) return momentum;
  if (prototype === tf.AdamOptimizer.prototype) return adam;
  return null;
}

const scalars = new WeakMap<Tensor, number>();

/** The number of a scalar that never changes, read from the backend once. */
function scalarOf(tensor: Tensor): number {
  let value = scalars.get(tensor);
  if (value === undefined) scalars.set(tensor, value = tensor.dataSync()[0] ?? NaN);
  return value;
}

import type {LayersModel, NamedTensorMap, Optimizer, Scalar, Variable} from '@tensorflow/tfjs';
import {createSing} from '../src/sing/createSing';
import {naiveSing} from './naiveSing';
import type {Batch, Network} from './networks';
import type {Tf} from './tensorflow';

const RATE = 1e-3;
const WEIGHT_DECAY = 1e-4;

/** What is timed against each other; values are the names in the tables. */
export const arms = {
  stock: 'stock Adam',
  on: 'SING on + Adam',
  off: 'SING off, same kernels',
  full: 'full SING',
  naive: 'naive SING + stock Adam',
} as const;

export type Arm = keyof typeof arms;

/** A network with an optimizer of its own. */
export interface Training {
  arm: Arm;
  model: LayersModel;
  optimizer: Optimizer;
  variables: Variable[];
}

/** One training for each arm, all with the same first weights. */
export function trainingsOf(tf: Tf, network: Network, wanted: readonly Arm[]): Training[] {
  const {sing, SingOptimizer} = createSing(tf);
  const makers: Record<Arm, () => Optimizer> = {
    stock: () => tf.train.adam(RATE),
    on: () => sing(tf.train.adam(RATE)),
    off: () => sing(tf.train.adam(RATE), {centralize: false, normalize: false}),
    full: () => new SingOptimizer({learningRate: RATE, weightDecay: WEIGHT_DECAY}),
    naive: () => naiveSing(tf, tf.train.adam(RATE)),
  };
  const trainings = wanted.map((arm) => {
    const model = network.make(tf);
    return {arm, model, optimizer: makers[arm](), variables: model.trainableWeights.map((weight) => weight.read() as Variable)};
  });
  for (const {model} of trainings.slice(1)) model.setWeights(trainings[0]!.model.getWeights());
  return trainings;
}

/** One whole step: forward, backward, update, and the loss read. */
export function trainStep(tf: Tf, {model, optimizer, variables}: Training, {inputs, labels}: Batch): number {
  const cost = optimizer.minimize(() => lossOf(tf, model, {inputs, labels}), true, variables)!;
  const [loss] = cost.dataSync();
  cost.dispose();
  return loss!;
}

/** The gradients of a step, the caller's. */
export function gradientsOf(tf: Tf, {model, variables}: Training, batch: Batch): NamedTensorMap {
  const {value, grads} = tf.variableGrads(() => lossOf(tf, model, batch), variables);
  value.dispose();
  return grads;
}

export function disposeTrainings(trainings: readonly Training[]): void {
  for (const {model, optimizer} of trainings) {
    optimizer.dispose();
    model.dispose();
  }
}

function lossOf(tf: Tf, model: LayersModel, {inputs, labels}: Batch): Scalar {
  return tf.losses.softmaxCrossEntropy(labels, model.apply(inputs, {training: true}) as typeof inputs);
}

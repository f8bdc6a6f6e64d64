import * as tf from '@tensorflow/tfjs';
import {batchOf, curve, sequences, type Rows} from './data';
import {gaussian} from './seededRandom';

export type Args = Record<string, unknown>;
export const range = (count: number): number[] => [...Array(count).keys()];

/** A chain of dense layers given by their arguments. */
export function chain(width: number, layers: Args[]): tf.Sequential {
  return tf.sequential({layers: layers.map((args, at) => tf.layers.dense({...(at === 0 ? {inputShape: [width]} : {}), ...args} as unknown as Parameters<typeof tf.layers.dense>[0]))});
}

/** One step on a batch of its own, which is given back. */
export async function trainOnce(model: tf.LayersModel, x: tf.Tensor, y: tf.Tensor | tf.Tensor[]): Promise<void> {
  await model.trainOnBatch(x, y);
  tf.dispose([x, y]);
}

export async function steps(model: tf.LayersModel, data: {x: unknown[]; y: unknown[]}, count: number, size: number, change?: (x: number[][], y: number[][], step: number) => void): Promise<void> {
  for (let step = 1; step <= count; step++) {
    const batch = batchOf(data as Rows, size);
    const x = batch.x.map((row) => [...row]);
    const y = batch.y.map((row) => [...row]);
    change?.(x, y, step);
    await trainOnce(model, tf.tensor(x), tf.tensor(y));
  }
}

export interface Weights { w: tf.Variable[]; b: tf.Variable[] }
export function weights(sizes: number[], scale = 1): Weights {
  return {
    w: sizes.slice(1).map((size, at) => tf.variable(tf.randomNormal([sizes[at] ?? 1, size], 0, scale * Math.sqrt(2 / ((sizes[at] ?? 1) + size))))),
    b: sizes.slice(1).map((size) => tf.variable(tf.zeros([size]))),
  };
}
export function forward({w, b}: Weights, x: tf.Tensor, activation: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return w.reduce((h, kernel, at) => {
    const z = h.matMul(kernel as tf.Tensor).add(b[at] as tf.Tensor);
    return at === w.length - 1 ? z : activation(z);
  }, x);
}
export function loop(count: number, optimizer: tf.Optimizer, loss: (step: number) => tf.Tensor): void {
  for (let step = 1; step <= count; step++) optimizer.minimize(() => loss(step) as tf.Scalar);
}
export const mse = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => a.sub(b).square().mean();

export function tailed(): Rows {
  const data = curve(300, 5);
  return {x: data.x, y: data.y.map((row) => [(row[0] ?? 0) + 0.3 * gaussian() / Math.sqrt((gaussian() ** 2 + gaussian() ** 2 + gaussian() ** 2) / 3)])};
}

export function conv(args: Args = {}, second: Args = {}, optimizer: tf.Optimizer = tf.train.adam(0.005)): tf.Sequential {
  const model = tf.sequential({layers: [
    tf.layers.conv1d({name: 'first', inputShape: [16, 2], filters: 6, kernelSize: 3, activation: 'relu', ...args}),
    tf.layers.conv1d({name: 'second', filters: 6, kernelSize: 3, activation: 'relu', ...second} as unknown as Parameters<typeof tf.layers.conv1d>[0]),
    tf.layers.flatten(),
    tf.layers.dense({name: 'head', units: 1}),
  ]});
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}
export const signals = (): {x: number[][][]; y: number[][]} => {
  const {x} = sequences(200, 16, 2);
  return {x, y: x.map((row) => [Math.max(...row.map((value) => value[0] ?? 0))]) };
};
export async function convSteps(model: tf.Sequential, count: number, change?: (x: number[][][], step: number) => void): Promise<void> {
  const data = signals();
  for (let step = 1; step <= count; step++) {
    const batch = batchOf(data, 16);
    const x = batch.x.map((image) => image.map((row) => [...row]));
    change?.(x, step);
    await trainOnce(model, tf.tensor(x), tf.tensor(batch.y));
  }
}

import * as tf from '@tensorflow/tfjs';

/** Trainable variables and the loss of a fixed batch, the same at each call. */
export interface Network {
  variables: tf.Variable[];
  loss: () => tf.Scalar;
}

/** Numbers that look random and are the same everywhere. */
export function numbersOf(shape: number[], seed: number, scale = 1): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(Array.from({length: size}, (_, i) => scale * Math.sin(seed * 12.9898 + i * 78.233)), shape, 'float32');
}

function parameter(shape: number[], seed: number): tf.Variable {
  return tf.tidy(() => tf.variable(numbersOf(shape, seed, 0.4)));
}

function meanSquare(output: () => tf.Tensor, target: number[]): () => tf.Scalar {
  return () => tf.tidy(() => tf.mean(tf.square(tf.sub(output(), numbersOf(target, 99)))) as tf.Scalar);
}

export function perceptron(): Network {
  const [w1, b1, w2, b2] = [parameter([6, 8], 1), parameter([8], 2), parameter([8, 3], 3), parameter([3], 4)] as const;
  return {variables: [w1, b1, w2, b2], loss: meanSquare(() => tf.add(tf.matMul(tf.tanh(tf.add(tf.matMul(numbersOf([16, 6], 5) as tf.Tensor2D, w1), b1)), w2), b2), [16, 3])};
}

export function convolution(): Network {
  const [kernel, bias, dense] = [parameter([3, 3, 2, 4], 1), parameter([4], 2), parameter([144, 2], 3)] as const;
  const output = (): tf.Tensor => {
    const features = tf.tanh(tf.add(tf.conv2d(numbersOf([4, 8, 8, 2], 5) as tf.Tensor4D, kernel as unknown as tf.Tensor4D, 1, 'valid'), bias));
    return tf.matMul(tf.reshape(features, [4, 144]), dense as unknown as tf.Tensor2D);
  };
  return {variables: [kernel, bias, dense], loss: meanSquare(output, [4, 2])};
}

export function deep(): Network {
  const layers = Array.from({length: 8}, (_, index) => parameter([10, 10], index + 1));
  return {variables: layers, loss: meanSquare(() => layers.reduce<tf.Tensor>((x, w) => tf.tanh(tf.matMul(x as tf.Tensor2D, w as unknown as tf.Tensor2D)), numbersOf([12, 10], 50)), [12, 10])};
}

export const networks: [string, () => Network][] = [['perceptron', perceptron], ['convolution', convolution], ['deep', deep]];

export const trainers: [string, () => tf.Optimizer][] = [
  ['sgd', () => tf.train.sgd(0.02)],
  ['momentum', () => tf.train.momentum(0.02, 0.9)],
  ['nesterov', () => tf.train.momentum(0.02, 0.9, true)],
  ['adam', () => tf.train.adam(0.002)],
  ['adamax', () => tf.train.adamax(0.002)],
  ['rmsprop', () => tf.train.rmsprop(0.002)],
  // With the epsilon that TensorFlow.js has by default it is NaN where gradients hardly vary.
  ['centered rmsprop', () => tf.train.rmsprop(0.002, 0.9, 0, 1e-20, true)],
  ['adagrad', () => tf.train.adagrad(0.02)],
  ['adadelta', () => tf.train.adadelta(0.5)],
];

export function valuesOf(variables: readonly tf.Tensor[]): number[][] {
  return variables.map((variable) => Array.from(variable.dataSync()));
}

/** The largest difference, over one plus the size of what was wanted. */
export function worst(got: number[][], want: number[][]): number {
  return Math.max(...got.flatMap((row, at) => row.map((value, index) => Math.abs(value - want[at]![index]!) / (1 + Math.abs(want[at]![index]!)))));
}

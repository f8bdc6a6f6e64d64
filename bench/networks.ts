import type {LayersModel, Tensor} from '@tensorflow/tfjs';
import {createRequire} from 'node:module';
import type {Tf} from './tensorflow';

type Digits = (size?: number) => {images: Float32Array[]; labels: number[]};
const {loadDigits} = createRequire(import.meta.url)('../examples/digits/data.js') as {loadDigits: Digits};

const CLASSES = 10;
const SIZE = 28;
const SMALL = 14;

/** A network to be trained on digits, and the form in which it takes them. */
export interface Network {
  name: string;
  /** Of one digit. */
  input: number[];
  /** Width and height of the digits, in pixels. */
  pixels: number;
  make(tf: Tf): LayersModel;
}

export interface Batch {
  inputs: Tensor;
  labels: Tensor;
}

/** Those that the goals speak of. */
export const networks: readonly Network[] = [
  {name: 'MLP 784-512-512-10', input: [SIZE * SIZE], pixels: SIZE, make: (tf) => dense(tf, SIZE * SIZE, [512, 512])},
  {name: '20 layers of 64', input: [SIZE * SIZE], pixels: SIZE, make: (tf) => dense(tf, SIZE * SIZE, Array<number>(19).fill(64))},
  {name: '150 layers of 32', input: [SIZE * SIZE], pixels: SIZE, make: (tf) => dense(tf, SIZE * SIZE, Array<number>(149).fill(32))},
  {name: '3-conv CNN', input: [SIZE, SIZE, 1], pixels: SIZE, make: (tf) => convolutional(tf, SIZE, [16, 32, 64])},
  {name: '2-layer LSTM', input: [SIZE, SIZE], pixels: SIZE, make: recurrent},
];

/** Small enough for pure JavaScript. */
export const smallNetworks: readonly Network[] = [
  {name: 'MLP 196-64-64-10', input: [SMALL * SMALL], pixels: SMALL, make: (tf) => dense(tf, SMALL * SMALL, [64, 64])},
  {name: 'CNN of 4 filters', input: [SMALL, SMALL, 1], pixels: SMALL, make: (tf) => convolutional(tf, SMALL, [4])},
];

/** Nearly all of its weights lie in one kernel, so large that the system gives and takes its memory at once. */
export const wideNetwork: Network = {name: 'MLP 784-16384-10', input: [SIZE * SIZE], pixels: SIZE, make: (tf) => dense(tf, SIZE * SIZE, [16384])};

/** Batches of real digits, the caller's. */
export function batchesOf(tf: Tf, {input, pixels}: Network, size: number, count: number): Batch[] {
  const {images, labels} = loadDigits(pixels);
  return Array.from({length: count}, (_, at) => tf.tidy(() => ({
    inputs: tf.stack(images.slice(at * size, (at + 1) * size).map((image) => tf.tensor1d(image))).reshape([size, ...input]),
    labels: tf.oneHot(tf.tensor1d(labels.slice(at * size, (at + 1) * size), 'int32'), CLASSES).toFloat(),
  })));
}

// He's initializer keeps signals alive through 150 layers: with vanished ones the time of denormal numbers would be measured.
function dense(tf: Tf, inputs: number, widths: readonly number[]): LayersModel {
  const model = tf.sequential();
  widths.forEach((units, at) => {
    model.add(tf.layers.dense({units, activation: 'relu', kernelInitializer: tf.initializers.heNormal({seed: at + 1}), ...(at === 0 ? {inputShape: [inputs]} : {})}));
  });
  model.add(tf.layers.dense({units: CLASSES}));
  return model;
}

function convolutional(tf: Tf, size: number, filters: readonly number[]): LayersModel {
  const model = tf.sequential();
  filters.forEach((count, at) => {
    model.add(tf.layers.conv2d({filters: count, kernelSize: 3, activation: 'relu', kernelInitializer: tf.initializers.heNormal({seed: at + 1}), ...(at === 0 ? {inputShape: [size, size, 1]} : {})}));
    model.add(tf.layers.maxPooling2d({poolSize: 2}));
  });
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({units: CLASSES}));
  return model;
}

function recurrent(tf: Tf): LayersModel {
  const model = tf.sequential();
  // tfjs's default for recurrent kernels, an orthogonal matrix, takes it seconds.
  const recurrentInitializer = tf.initializers.glorotUniform({seed: 1});
  model.add(tf.layers.lstm({units: 64, returnSequences: true, recurrentInitializer, inputShape: [SIZE, SIZE]}));
  model.add(tf.layers.lstm({units: 64, recurrentInitializer}));
  model.add(tf.layers.dense({units: CLASSES}));
  return model;
}

import * as tf from '@tensorflow/tfjs';
import {bars, batchOf, clouds, curve, sequences, texts, type Rows} from './data';
import {trainOnce} from './trainingLoops';

/** What a mutation may change in a training: one line of it. */
export interface Mutation {
  steps?: number;
  rate?: number;
  optimizer?: 'sgd' | 'momentum' | 'adam' | 'rmsprop' | 'adagrad';
  momentum?: number;
  batch?: number;
  /** Arguments of one layer by its name. */
  layers?: Record<string, Record<string, unknown>>;
  activation?: string;
  initializer?: string;
  depth?: number;
  units?: number;
  /** A layer put before the last one. */
  insert?: () => tf.layers.Layer;
  loss?: string | ((truth: tf.Tensor, guess: tf.Tensor) => tf.Tensor);
  outputActivation?: string;
  /** Changes the batch of a step. */
  data?: (x: number[][], y: number[][], step: number) => void;
  rateAt?: (step: number) => number;
  clip?: number;
  cell?: 'simple' | 'lstm' | 'gru';
  normalize?: boolean;
  dropout?: number;
}

export function optimizerOf(m: Mutation, usual: {optimizer: NonNullable<Mutation['optimizer']>; rate: number}): tf.Optimizer {
  const rate = m.rate ?? usual.rate;
  switch (m.optimizer ?? usual.optimizer) {
    case 'sgd': return tf.train.sgd(rate);
    case 'momentum': return tf.train.momentum(rate, m.momentum ?? 0.9);
    case 'rmsprop': return tf.train.rmsprop(rate);
    case 'adagrad': return tf.train.adagrad(rate);
    case 'adam': return tf.train.adam(rate);
  }
}

function setRate(optimizer: tf.Optimizer, rate: number): void {
  (optimizer as unknown as {learningRate: number}).learningRate = rate;
}

/** Trains a compiled model on batches drawn at random. */
async function trainOnBatches(model: tf.LayersModel, rows: Rows, m: Mutation, usual: {steps: number; batch: number}): Promise<void> {
  for (let step = 1; step <= (m.steps ?? usual.steps); step++) {
    const batch = batchOf(rows, m.batch ?? usual.batch);
    const x = batch.x.map((row) => [...row]);
    const y = batch.y.map((row) => [...row]);
    m.data?.(x, y, step);
    if (m.rateAt !== undefined) setRate(model.optimizer, m.rateAt(step));
    await trainOnce(model, tf.tensor(x), tf.tensor(y));
  }
}

/** Names the hidden layers hidden1 … and the last one output. */
function mlpModel(m: Mutation, width: number, outputs: number, usual: {depth: number; units: number; activation: string; initializer: string; outputActivation: string}): tf.Sequential {
  const model = tf.sequential();
  const depth = m.depth ?? usual.depth;
  for (let at = 1; at <= depth; at++) {
    const name = `hidden${at}`;
    model.add(tf.layers.dense({
      units: m.units ?? usual.units, activation: (m.activation ?? usual.activation) as 'relu', kernelInitializer: (m.initializer ?? usual.initializer) as 'heNormal',
      ...(at === 1 ? {inputShape: [width]} : {}), name, ...m.layers?.[name],
    }));
    if (m.normalize === true) model.add(tf.layers.batchNormalization({name: `norm${at}`}));
    if (m.dropout !== undefined) model.add(tf.layers.dropout({rate: m.dropout}));
  }
  if (m.insert !== undefined) model.add(m.insert());
  model.add(tf.layers.dense({units: outputs, activation: (m.outputActivation ?? usual.outputActivation) as 'softmax', name: 'output', ...m.layers?.output}));
  return model;
}

type LossOption = Exclude<Mutation['loss'], undefined>;
function compile(model: tf.LayersModel, m: Mutation, usual: {optimizer: NonNullable<Mutation['optimizer']>; rate: number; loss: LossOption}): void {
  model.compile({optimizer: optimizerOf(m, usual), loss: (m.loss ?? usual.loss) as string});
}

export async function classifier(m: Mutation): Promise<void> {
  const rows = clouds(400, 12, 4);
  const model = mlpModel(m, 12, 4, {depth: 3, units: 16, activation: 'relu', initializer: 'glorotNormal', outputActivation: 'softmax'});
  compile(model, m, {optimizer: 'adam', rate: 0.003, loss: 'categoricalCrossentropy'});
  await trainOnBatches(model, rows, m, {steps: 150, batch: 32});
}

export async function regression(m: Mutation): Promise<void> {
  const rows = curve(300, 6);
  const model = mlpModel(m, 6, 1, {depth: 2, units: 16, activation: 'tanh', initializer: 'glorotNormal', outputActivation: 'linear'});
  compile(model, m, {optimizer: 'sgd', rate: 0.02, loss: 'meanSquaredError'});
  await trainOnBatches(model, rows, m, {steps: 150, batch: 32});
}

/** Regression with ReLU, by `fit` rather than batch by batch. */
export async function fitted(m: Mutation): Promise<void> {
  const rows = curve(256, 8, 2, 1);
  const model = mlpModel(m, 8, 1, {depth: 3, units: 24, activation: 'relu', initializer: 'heNormal', outputActivation: 'linear'});
  compile(model, m, {optimizer: 'momentum', rate: 0.003, loss: 'meanSquaredError'});
  m.data?.(rows.x, rows.y, 0);
  await model.fit(tf.tensor(rows.x), tf.tensor(rows.y), {epochs: Math.ceil((m.steps ?? 160) / 8), batchSize: m.batch ?? 32, verbose: 0});
}

export async function deepClassifier(m: Mutation): Promise<void> {
  const rows = clouds(400, 12, 4);
  const model = mlpModel(m, 12, 4, {depth: 10, units: 16, activation: 'relu', initializer: 'heNormal', outputActivation: 'softmax'});
  compile(model, m, {optimizer: 'adam', rate: 0.002, loss: 'categoricalCrossentropy'});
  await trainOnBatches(model, rows, m, {steps: 150, batch: 32});
}

export async function convolutional(m: Mutation): Promise<void> {
  const images = bars(200);
  const model = tf.sequential({layers: [
    tf.layers.conv2d({name: 'conv1', inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: 'relu', ...m.layers?.conv1}),
    ...(m.normalize === true ? [tf.layers.batchNormalization({name: 'norm1'})] : []),
    tf.layers.conv2d({name: 'conv2', filters: 6, kernelSize: 3, activation: 'relu', ...m.layers?.conv2}),
    tf.layers.maxPooling2d({poolSize: 2}),
    tf.layers.flatten(),
    tf.layers.dense({name: 'dense', units: 12, activation: 'relu', ...m.layers?.dense}),
    ...(m.insert === undefined ? [] : [m.insert()]),
    tf.layers.dense({name: 'output', units: 2, activation: 'softmax', ...m.layers?.output}),
  ]});
  compile(model, m, {optimizer: 'adam', rate: 0.005, loss: 'categoricalCrossentropy'});
  const flat = {x: images.x.map((image) => image.flat(2)), y: images.y};
  for (let step = 1; step <= (m.steps ?? 80); step++) {
    const batch = batchOf(flat, m.batch ?? 16);
    const x = batch.x.map((row) => [...row]);
    m.data?.(x, batch.y, step);
    await trainOnce(model, tf.tensor(x.flat(), [x.length, 8, 8, 1]), tf.tensor(batch.y));
  }
}

export async function recurrent(m: Mutation): Promise<void> {
  const rows = sequences(200, 12, 3);
  const args = {name: 'rnn', units: 10, inputShape: [12, 3], ...m.layers?.rnn};
  const cell = m.cell ?? 'lstm';
  const model = tf.sequential({layers: [
    cell === 'lstm' ? tf.layers.lstm(args) : cell === 'gru' ? tf.layers.gru(args as Parameters<typeof tf.layers.gru>[0]) : tf.layers.simpleRNN(args),
    tf.layers.dense({name: 'output', units: 1, activation: 'sigmoid', ...m.layers?.output}),
  ]});
  compile(model, m, {optimizer: 'adam', rate: 0.01, loss: 'binaryCrossentropy'});
  for (let step = 1; step <= (m.steps ?? 80); step++) {
    const batch = batchOf(rows, 16);
    await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y));
  }
}

export async function text(m: Mutation): Promise<void> {
  const rows = texts(300, 10, 40);
  const model = tf.sequential({layers: [
    tf.layers.embedding({name: 'embedding', inputDim: 40, outputDim: 8, inputLength: 10, ...m.layers?.embedding}),
    tf.layers.globalAveragePooling1d({}),
    tf.layers.dense({name: 'dense', units: 8, activation: 'relu', ...m.layers?.dense}),
    tf.layers.dense({name: 'output', units: 1, activation: 'sigmoid', ...m.layers?.output}),
  ]});
  compile(model, m, {optimizer: 'adam', rate: 0.01, loss: 'binaryCrossentropy'});
  await trainOnBatches(model, rows, m, {steps: 120, batch: 16});
}

/** Sequences of differing length: padding is masked, its gradients are exact zeros. */
export async function masked(m: Mutation): Promise<void> {
  const rows = texts(200, 10, 20);
  const x = rows.x.map((row) => { const keep = 1 + Math.floor(Math.random() * 9); return row.map((token, at) => (at < keep ? token + 1 : 0)); });
  const model = tf.sequential({layers: [
    tf.layers.embedding({name: 'embedding', inputDim: 21, outputDim: 6, inputLength: 10, maskZero: true}),
    tf.layers.gru({name: 'gru', units: 8}),
    tf.layers.dense({name: 'output', units: 1, activation: 'sigmoid'}),
  ]});
  compile(model, m, {optimizer: 'rmsprop', rate: 0.01, loss: 'binaryCrossentropy'});
  await trainOnBatches(model, {x, y: rows.y}, m, {steps: 70, batch: 8});
}

export async function autoencoder(m: Mutation): Promise<void> {
  const rows = clouds(300, 16, 3);
  const x = rows.x.map((row) => row.map((value) => 1 / (1 + Math.exp(-value))));
  const model = tf.sequential({layers: [
    tf.layers.dense({name: 'encode1', units: 12, inputShape: [16], activation: 'relu', ...m.layers?.encode1}),
    tf.layers.dense({name: 'code', units: 3, ...m.layers?.code}),
    tf.layers.dense({name: 'decode1', units: 12, activation: 'relu', ...m.layers?.decode1}),
    tf.layers.dense({name: 'output', units: 16, activation: 'sigmoid', ...m.layers?.output}),
  ]});
  compile(model, m, {optimizer: 'adam', rate: 0.01, loss: 'meanSquaredError'});
  await trainOnBatches(model, {x, y: x}, m, {steps: 150, batch: 32});
}

/** Attention and LayerNormalization, in a functional model. */
export async function attention(m: Mutation): Promise<void> {
  const rows = sequences(200, 6, 8);
  const input = tf.input({shape: [6, 8]});
  const query = tf.layers.dense({name: 'query', units: 8, ...m.layers?.query}).apply(input) as tf.SymbolicTensor;
  const key = tf.layers.dense({name: 'key', units: 8, ...m.layers?.key}).apply(input) as tf.SymbolicTensor;
  const value = tf.layers.dense({name: 'value', units: 8, ...m.layers?.value}).apply(input) as tf.SymbolicTensor;
  const scores = tf.layers.dot({axes: 2}).apply([query, key]) as tf.SymbolicTensor;
  const weights = tf.layers.activation({activation: 'softmax'}).apply(scores) as tf.SymbolicTensor;
  const mixed = tf.layers.dot({axes: [2, 1]}).apply([weights, value]) as tf.SymbolicTensor;
  const sum = tf.layers.layerNormalization({name: 'norm1'}).apply(tf.layers.add().apply([mixed, input])) as tf.SymbolicTensor;
  const inner = tf.layers.dense({name: 'inner', units: 16, activation: 'relu', ...m.layers?.inner}).apply(sum) as tf.SymbolicTensor;
  const outer = tf.layers.dense({name: 'outer', units: 8, ...m.layers?.outer}).apply(inner) as tf.SymbolicTensor;
  const second = tf.layers.layerNormalization({name: 'norm2'}).apply(tf.layers.add().apply([outer, sum])) as tf.SymbolicTensor;
  const pooled = tf.layers.globalAveragePooling1d({}).apply(second) as tf.SymbolicTensor;
  const output = tf.layers.dense({name: 'output', units: 1, activation: 'sigmoid'}).apply(pooled) as tf.SymbolicTensor;
  const model = tf.model({inputs: input, outputs: output});
  compile(model, m, {optimizer: 'adam', rate: 0.005, loss: 'binaryCrossentropy'});
  for (let step = 1; step <= (m.steps ?? 60); step++) {
    const batch = batchOf(rows, 16);
    await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y));
  }
}

/** One model after another in one process. */
export async function twoModels(m: Mutation): Promise<void> {
  await classifier({...m, steps: 120});
  await regression({...m, steps: 80});
  const rows = curve(300, 6, 30, 50);
  const model = mlpModel(m, 6, 1, {depth: 2, units: 16, activation: 'relu', initializer: 'heNormal', outputActivation: 'linear'});
  compile(model, m, {optimizer: 'adam', rate: 0.01, loss: 'meanSquaredError'});
  await trainOnBatches(model, rows, m, {steps: 80, batch: 32});
}

/** A convolutional stack with shortcuts and BatchNormalization. */
export async function residual(m: Mutation): Promise<void> {
  const images = bars(150);
  const input = tf.input({shape: [8, 8, 1]});
  let x = tf.layers.conv2d({name: 'stem', filters: 4, kernelSize: 3, padding: 'same'}).apply(input) as tf.SymbolicTensor;
  for (let at = 1; at <= 2; at++) {
    const first = tf.layers.conv2d({name: `block${at}a`, filters: 4, kernelSize: 3, padding: 'same', ...m.layers?.[`block${at}a`]}).apply(x);
    const normed = tf.layers.reLU().apply(tf.layers.batchNormalization({name: `block${at}norm`}).apply(first));
    const second = tf.layers.conv2d({name: `block${at}b`, filters: 4, kernelSize: 3, padding: 'same', ...m.layers?.[`block${at}b`]}).apply(normed) as tf.SymbolicTensor;
    x = tf.layers.add().apply([x, second]) as tf.SymbolicTensor;
  }
  const pooled = tf.layers.globalMaxPooling2d({}).apply(x);
  const output = tf.layers.dense({name: 'output', units: 2, activation: 'softmax'}).apply(pooled) as tf.SymbolicTensor;
  const model = tf.model({inputs: input, outputs: output});
  compile(model, m, {optimizer: 'momentum', rate: 0.01, loss: 'categoricalCrossentropy'});
  for (let step = 1; step <= (m.steps ?? 40); step++) {
    const batch = batchOf(images, 8);
    await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y));
  }
}

import * as tf from '@tensorflow/tfjs';
import {fault, healthy, type Case} from './case';
import {kernelLayer} from './customLayers';
import {batchOf, clouds, curve, oneHot, sequences} from './data';
import {gaussian} from './seededRandom';
import type {Rule} from '../../src/protocol/finding';
import {trainOnce} from './trainingLoops';

// Written after the detector was tuned on the other two corpora.

const grown: Rule[] = ['exploding', 'non-finite', 'spike'];
const any: Rule[] = [...grown, 'vanishing'];
const range = (count: number): number[] => [...Array(count).keys()];

interface Options {
  optimizer?: tf.Optimizer;
  
  middleBias?: number;
  middleScale?: number;
  norm?: boolean;
  change?: (x: tf.Tensor2D, y: tf.Tensor2D, step: number) => [tf.Tensor2D, tf.Tensor2D];
  steps?: number;
  activation?: 'relu' | 'tanh' | 'selu' | 'softplus';
}

/** A tower of four dense layers on a two-headed regression, functional. */
async function tower(o: Options): Promise<void> {
  const input = tf.input({shape: [7]});
  const activation = o.activation ?? 'relu';
  const one = tf.layers.dense({units: 20, activation, name: 'one', kernelInitializer: 'heUniform'}).apply(input);
  const two = tf.layers.dense({
    units: 20, activation, name: 'two',
    kernelInitializer: o.middleScale === undefined ? 'heUniform' : tf.initializers.varianceScaling({scale: o.middleScale ** 2, mode: 'fanIn', distribution: 'normal'}),
    biasInitializer: tf.initializers.constant({value: o.middleBias ?? 0}),
  }).apply(one);
  const norm = o.norm === true ? tf.layers.layerNormalization().apply(two) : two;
  const three = tf.layers.dense({units: 20, activation, name: 'three', kernelInitializer: 'heUniform'}).apply(norm);
  const model = tf.model({inputs: input, outputs: tf.layers.dense({units: 2, name: 'four'}).apply(three) as tf.SymbolicTensor});
  model.compile({optimizer: o.optimizer ?? tf.train.adam(0.003), loss: 'meanSquaredError'});
  const data = curve(400, 7, 1.5, -0.5);
  for (let step = 1; step <= (o.steps ?? 150); step++) {
    const batch = batchOf(data, 24);
    const plain: [tf.Tensor2D, tf.Tensor2D] = [tf.tensor2d(batch.x), tf.tensor2d(batch.y.map((row) => [row[0] ?? 0, -(row[0] ?? 0) / 2]))];
    const [x, y] = tf.tidy(() => o.change?.(...plain, step) ?? plain);
    await model.trainOnBatch(x, y);
    tf.dispose([...plain, x, y]);
  }
}

function mixture(steps: number, rate: number): void {
  const gate = tf.variable(tf.randomNormal([4, 3], 0, 0.3));
  const experts = range(3).map(() => tf.variable(tf.randomNormal([4, 1], 0, 0.5)));
  const data = curve(300, 4);
  const optimizer = tf.train.adam(rate);
  for (let step = 0; step < steps; step++) {
    const batch = batchOf(data, 16);
    optimizer.minimize(() => {
      const x = tf.tensor2d(batch.x);
      const guess = tf.softmax(x.matMul(gate as tf.Tensor2D)).mul(tf.concat(experts.map((expert) => x.matMul(expert as tf.Tensor2D)), 1)).sum(1, true);
      return tf.losses.huberLoss(tf.tensor2d(batch.y), guess);
    });
  }
}

async function transposed(rate: number, scale = 1): Promise<void> {
  const model = tf.sequential({layers: [
    tf.layers.conv2d({inputShape: [6, 6, 1], filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu', name: 'down'}),
    tf.layers.conv2dTranspose({filters: 1, kernelSize: 3, strides: 2, padding: 'same', name: 'up'}),
  ]});
  model.compile({optimizer: tf.train.sgd(rate), loss: 'meanSquaredError'});
  for (let step = 0; step < 60; step++) {
    const x = tf.randomUniform([8, 6, 6, 1]).mul(scale);
    await model.trainOnBatch(x, x);
  }
}

export const heldOutHealthy: Case[] = [
  healthy('tower', () => tower({})),
  healthy('tower, Nesterov', () => tower({optimizer: tf.train.momentum(0.005, 0.9, true)})),
  healthy('tower, Adamax', () => tower({optimizer: tf.train.adam(0.001, 0.8, 0.99)})),
  healthy('tower, SELU and LayerNormalization', () => tower({activation: 'selu', norm: true})),
  healthy('tower, softplus, SGD', () => tower({activation: 'softplus', optimizer: tf.train.sgd(0.01)})),
  healthy('tower, noisy targets', () => tower({steps: 300, change: (x, y) => [x, y.add(tf.randomNormal(y.shape, 0, 2))]})),
  healthy('tower, batches of differing scale', () => tower({steps: 300, change: (x, y, step) => [x.mul(1 + (step % 7) / 3), y]})),
  healthy('tower, constant target', () => tower({change: (x, y) => [x, tf.onesLike(y)]})),
  healthy('mixture of experts', () => mixture(200, 0.01)),
  healthy('transposed convolution', () => transposed(0.05)),
  healthy('bidirectional RNN', async () => {
    const data = sequences(80, 7, 2);
    const model = tf.sequential({layers: [tf.layers.bidirectional({layer: tf.layers.simpleRNN({units: 5}) as never, inputShape: [7, 2]}), tf.layers.dense({units: 1, activation: 'sigmoid'})]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'binaryCrossentropy'});
    for (let step = 0; step < 60; step++) { const batch = batchOf(data, 8); await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y)); }
  }),
  healthy('matrix factors with rare users', () => {
    const users = tf.variable(tf.randomNormal([40, 4], 0, 0.3));
    const items = tf.variable(tf.randomNormal([30, 4], 0, 0.3));
    const optimizer = tf.train.adagrad(0.1);
    for (let step = 0; step < 250; step++) {
      const picks = range(8).map(() => [Math.floor(40 * Math.random() ** 3), Math.floor(30 * Math.random())]);
      optimizer.minimize(() => {
        const a = tf.gather(users, tf.tensor1d(picks.map((pick) => pick[0] ?? 0), 'int32'));
        const b = tf.gather(items, tf.tensor1d(picks.map((pick) => pick[1] ?? 0), 'int32'));
        return a.mul(b).sum(1).sub(tf.tensor1d(picks.map((pick) => Math.sin((pick[0] ?? 0) + (pick[1] ?? 0))))).square().mean<tf.Scalar>();
      });
    }
  }),
  healthy('actor and critic', () => {
    const [actor, critic] = [tf.variable(tf.randomNormal([3, 2], 0, 0.1)), tf.variable(tf.zeros([3, 1]))];
    const [a, c] = [tf.train.adam(0.01), tf.train.adam(0.02)];
    for (let step = 0; step < 200; step++) {
      const x = tf.randomNormal([12, 3]);
      const picks = range(12).map(() => Math.floor(2 * Math.random()));
      const rewards = tf.tensor2d(picks.map((pick) => [pick + 0.5 * gaussian() + (Math.random() < 0.05 ? 8 : 0)]));
      const advantage = tf.tidy(() => rewards.sub(x.matMul(critic as tf.Tensor2D)));
      c.minimize(() => x.matMul(critic as tf.Tensor2D).sub(rewards).square().mean<tf.Scalar>(), false, [critic]);
      a.minimize(() => tf.logSoftmax(x.matMul(actor as tf.Tensor2D)).mul(tf.oneHot(tf.tensor1d(picks, 'int32'), 2)).sum(1, true).mul(advantage).mean<tf.Scalar>().neg(), false, [actor]);
      tf.dispose([x, rewards, advantage]);
    }
  }),
  healthy('soft targets', async () => {
    const data = clouds(200, 6, 4);
    const model = tf.sequential({layers: [tf.layers.dense({units: 12, activation: 'relu', inputShape: [6]}), tf.layers.dense({units: 4, activation: 'softmax'})]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
    await model.fit(tf.tensor(data.x), tf.tensor(data.y.map((row) => row.map((value) => 0.7 * value + 0.075))), {epochs: 20, batchSize: 20, verbose: 0});
  }),
];

export const heldOutFaulty: Case[] = [
  fault('tower, Adam 1', any, [null], () => tower({optimizer: tf.train.adam(1)})),
  fault('tower, SGD 1', any, [null], () => tower({optimizer: tf.train.sgd(1)})),
  fault('tower, Nesterov 3', any, [null], () => tower({optimizer: tf.train.momentum(3, 0.9, true)})),
  fault('tower, two × 60', ['exploding', 'spike', 'non-finite'], ['two'], () => tower({middleScale: 60, optimizer: tf.train.adam(1e-4)})),
  fault('tower, two × 200', ['exploding', 'spike', 'non-finite'], ['two'], () => tower({middleScale: 200, optimizer: tf.train.sgd(1e-3)})),
  fault('tower, two of zeros', ['vanishing'], ['two'], () => tower({middleScale: 1e-9})),
  fault('tower, two silent', ['vanishing'], ['two'], () => tower({middleBias: -25})),
  fault('tower, inputs of 1e4', any, [null], () => tower({optimizer: tf.train.sgd(0.01), change: (x, y) => [x.mul(1e4), y]})),
  fault('tower, a row of 1e5', grown, [null], () => tower({change: (x, y, step) => [step === 77 ? x.add(tf.oneHot(tf.tensor1d([4], 'int32'), 24).transpose<tf.Tensor>().toFloat().mul(1e5)) : x, y]}), 77),
  fault('tower, one batch of wrong targets', grown, [null], () => tower({change: (x, y, step) => [x, step === 90 ? y.mul(500) : y]}), 90),
  fault('tower, Infinity in the targets', ['non-finite'], [null], () => tower({change: (x, y, step) => [x, step === 50 ? y.div(0) : y]}), 50),
  fault('tower, rate up a thousandfold', any, [null], () => { const optimizer = tf.train.sgd(0.01); return tower({optimizer, change: (x, y, step) => { if (step === 80) optimizer.setLearningRate(10); return [x, y]; }}); }, 80),
  fault('transposed convolution, pixels', any, [null], () => transposed(0.05, 255)),
  fault('mixture of experts, log of a gate', ['non-finite'], [null], () => {
    const gate = tf.variable(tf.randomNormal([4, 3], 0, 100));
    const optimizer = tf.train.adam(0.01);
    for (let step = 0; step < 40; step++) {
      optimizer.minimize(() => { const p = tf.softmax(tf.randomNormal([16, 4]).matMul(gate as tf.Tensor2D)); return p.mul(tf.log(p)).sum(1).mean<tf.Scalar>(); });
    }
  }),
  fault('cosine of a silent vector', ['non-finite'], ['embed'], () => {
    const data = curve(100, 5);
    const embed = tf.variable(tf.randomNormal([5, 8], 0, 0.4), true, `embed${Math.random()}`);
    const head = tf.variable(tf.randomNormal([8, 1], 0, 0.4));
    const optimizer = tf.train.sgd(0.01);
    for (let step = 1; step <= 60; step++) {
      const batch = batchOf(data, 8);
      optimizer.minimize(() => {
        const h = tf.relu(tf.tensor2d(batch.x).mul(step === 40 ? 0 : 1).matMul(embed as tf.Tensor2D));
        const length = h.square().sum(1, true).sqrt();
        return h.div(length.add(1e-6)).matMul(head as tf.Tensor2D).sub(tf.tensor2d(batch.y)).square().mean<tf.Scalar>();
      });
    }
  }, 40),
  fault('tanh tower of twenty-five', ['vanishing'], [null], async () => {
    const model = tf.sequential();
    for (const at of range(25)) model.add(tf.layers.dense({units: 10, activation: 'sigmoid', ...(at === 0 ? {inputShape: [6]} : {})}));
    model.add(tf.layers.dense({units: 3, activation: 'softmax'}));
    model.compile({optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy'});
    const data = clouds(200, 6, 3);
    await model.fit(tf.tensor(data.x), tf.tensor(data.y), {epochs: 8, batchSize: 20, verbose: 0});
  }),
  fault('a layer that squares itself', grown, ['square'], async () => {
    const model = tf.sequential({layers: [
      tf.layers.dense({name: 'before', units: 12, inputShape: [6], activation: 'relu'}), kernelLayer('square', 12, (x, call) => (call < 70 ? x : x.mul(30).pow(tf.scalar(3)))), tf.layers.dense({name: 'after', units: 12, activation: 'relu'}), tf.layers.dense({name: 'out', units: 1}),
    ]});
    model.compile({optimizer: tf.train.adam(0.003), loss: 'meanSquaredError'});
    const data = curve(300, 6);
    for (let step = 1; step <= 100; step++) { const batch = batchOf(data, 16); await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y)); }
  }, 70),
  fault('loss of the wrong sign, softmax', grown, [null], async () => {
    const data = clouds(200, 6, 3);
    const model = tf.sequential({layers: [tf.layers.dense({units: 12, activation: 'tanh', inputShape: [6]}), tf.layers.dense({units: 3})]});
    model.compile({optimizer: tf.train.adam(0.05), loss: ((y: tf.Tensor, p: tf.Tensor) => tf.losses.softmaxCrossEntropy(y, p).neg()) as unknown as string});
    await model.fit(tf.tensor(data.x), tf.tensor(data.y), {epochs: 40, batchSize: 20, verbose: 0});
  }),
  fault('LSTM, one token of NaN', ['non-finite'], [null], async () => {
    const data = sequences(60, 6, 2);
    const model = tf.sequential({layers: [tf.layers.lstm({units: 5, inputShape: [6, 2]}), tf.layers.dense({units: 1})]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    for (let step = 1; step <= 50; step++) {
      const batch = batchOf(data, 8);
      const x = batch.x.map((rows) => rows.map((row) => [...row]));
      if (step === 30) (x[2]?.[3] ?? [])[1] = NaN;
      await trainOnce(model, tf.tensor(x), tf.tensor(batch.y.map((row) => oneHot(row[0] ?? 0, 2).slice(0, 1))));
    }
  }, 30),
];

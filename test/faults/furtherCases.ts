import * as tf from '@tensorflow/tfjs';
import {fault, healthy, type Case} from './case';
import {kernelLayer, operationLayer} from './customLayers';
import {batchOf, clouds, curve, oneHot, sequences, texts, type Rows} from './data';
import {gaussian} from './seededRandom';
import type {Rule} from '../../src/protocol/finding';

type Args = Record<string, unknown>;
const grown: Rule[] = ['exploding', 'non-finite', 'spike'];
const any: Rule[] = [...grown, 'vanishing'];
const range = (count: number): number[] => [...Array(count).keys()];

/** A chain of dense layers given by their arguments. */
function chain(width: number, layers: Args[]): tf.Sequential {
  return tf.sequential({layers: layers.map((args, at) => tf.layers.dense({...(at === 0 ? {inputShape: [width]} : {}), ...args} as unknown as Parameters<typeof tf.layers.dense>[0]))});
}

async function steps(model: tf.LayersModel, data: {x: unknown[]; y: unknown[]}, count: number, size: number, change?: (x: number[][], y: number[][], step: number) => void): Promise<void> {
  for (let step = 1; step <= count; step++) {
    const batch = batchOf(data as Rows, size);
    const x = batch.x.map((row) => [...row]);
    const y = batch.y.map((row) => [...row]);
    change?.(x, y, step);
    const xs = tf.tensor(x);
    const ys = tf.tensor(y);
    await model.trainOnBatch(xs, ys);
    tf.dispose([xs, ys]);
  }
}

interface Weights { w: tf.Variable[]; b: tf.Variable[] }
function weights(sizes: number[], scale = 1): Weights {
  return {
    w: sizes.slice(1).map((size, at) => tf.variable(tf.randomNormal([sizes[at] ?? 1, size], 0, scale * Math.sqrt(2 / ((sizes[at] ?? 1) + size))))),
    b: sizes.slice(1).map((size) => tf.variable(tf.zeros([size]))),
  };
}
function forward({w, b}: Weights, x: tf.Tensor, activation: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return w.reduce((h, kernel, at) => {
    const z = h.matMul(kernel as tf.Tensor).add(b[at] as tf.Tensor);
    return at === w.length - 1 ? z : activation(z);
  }, x);
}
function loop(count: number, optimizer: tf.Optimizer, loss: (step: number) => tf.Tensor): void {
  for (let step = 1; step <= count; step++) optimizer.minimize(() => loss(step) as tf.Scalar);
}
const mse = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => a.sub(b).square().mean();

function tailed(): Rows {
  const data = curve(300, 5);
  return {x: data.x, y: data.y.map((row) => [(row[0] ?? 0) + 0.3 * gaussian() / Math.sqrt((gaussian() ** 2 + gaussian() ** 2 + gaussian() ** 2) / 3)])};
}

function conv(args: Args = {}, second: Args = {}, optimizer: tf.Optimizer = tf.train.adam(0.005)): tf.Sequential {
  const model = tf.sequential({layers: [
    tf.layers.conv1d({name: 'first', inputShape: [16, 2], filters: 6, kernelSize: 3, activation: 'relu', ...args}),
    tf.layers.conv1d({name: 'second', filters: 6, kernelSize: 3, activation: 'relu', ...second} as unknown as Parameters<typeof tf.layers.conv1d>[0]),
    tf.layers.flatten(),
    tf.layers.dense({name: 'head', units: 1}),
  ]});
  model.compile({optimizer, loss: 'meanSquaredError'});
  return model;
}
const signals = (): {x: number[][][]; y: number[][]} => {
  const {x} = sequences(200, 16, 2);
  return {x, y: x.map((row) => [Math.max(...row.map((value) => value[0] ?? 0))]) };
};
async function convSteps(model: tf.Sequential, count: number, change?: (x: number[][][], step: number) => void): Promise<void> {
  const data = signals();
  for (let step = 1; step <= count; step++) {
    const batch = batchOf(data, 16);
    const x = batch.x.map((image) => image.map((row) => [...row]));
    change?.(x, step);
    await model.trainOnBatch(tf.tensor(x), tf.tensor(batch.y));
  }
}

export const furtherHealthy: Case[] = [
  healthy('Gaussian likelihood', () => {
    const data = curve(200, 4, 0.3);
    const net = weights([4, 16, 2]);
    loop(200, tf.train.adam(0.01), () => {
      const batch = batchOf(data, 32);
      const out = forward(net, tf.tensor2d(batch.x), tf.tanh);
      const mean = out.slice([0, 0], [-1, 1]);
      const log = out.slice([0, 1], [-1, 1]);
      return mean.sub(tf.tensor2d(batch.y)).square().div(tf.exp(log)).add(log).mean();
    });
  }),
  healthy('logistic regression, full batch, long', () => {
    const data = clouds(60, 4, 2);
    const net = weights([4, 1]);
    loop(800, tf.train.sgd(0.3), () => tf.losses.sigmoidCrossEntropy(tf.tensor2d(data.y.map((row) => [row[0] ?? 0])), forward(net, tf.tensor2d(data.x), tf.relu)));
  }),
  healthy('contrastive', () => {
    const data = clouds(200, 8, 4);
    const net = weights([8, 16, 6]);
    loop(120, tf.train.adam(0.005), () => {
      const x = tf.tensor2d(batchOf(data, 16).x);
      const unit = (z: tf.Tensor): tf.Tensor => z.div(z.square().sum(1, true).add(1e-6).sqrt());
      const a = unit(forward(net, x.add(tf.randomNormal(x.shape, 0, 0.2)), tf.relu));
      const b = unit(forward(net, x.add(tf.randomNormal(x.shape, 0, 0.2)), tf.relu));
      return tf.losses.softmaxCrossEntropy(tf.eye(16), a.matMul(b, false, true).mul(5));
    });
  }),
  healthy('policy with growing returns', () => {
    const net = weights([4, 16, 3]);
    const optimizer = tf.train.adam(0.02);
    for (let episode = 1; episode <= 120; episode++) {
      const length = 5 + Math.floor(episode / 2);
      const x = tf.randomNormal([length, 4]);
      const picks = range(length).map(() => Math.floor(Math.random() * 3));
      const returns = range(length).map((t) => length - t + gaussian());
      optimizer.minimize(() => tf.logSoftmax(forward(net, x, tf.tanh)).mul(tf.oneHot(tf.tensor1d(picks, 'int32'), 3)).sum(1).mul(tf.tensor1d(returns)).sum<tf.Scalar>().neg());
    }
  }),
  healthy('Q-learning with a target network', () => {
    const net = weights([6, 16, 2]);
    const target = weights([6, 16, 2]);
    const optimizer = tf.train.adam(0.005);
    const own = [...net.w, ...net.b];
    for (let step = 1; step <= 250; step++) {
      if (step % 25 === 0) [...target.w, ...target.b].forEach((variable, at) => { variable.assign(own[at] as tf.Tensor as tf.Variable); });
      const x = tf.randomNormal([16, 6]);
      const next = tf.randomNormal([16, 6]);
      const reward = tf.tidy(() => x.slice([0, 0], [-1, 1]).flatten().greater(1.2).toFloat().mul(5));
      optimizer.minimize(() => mse(forward(net, x, tf.relu).max(1), reward.add(forward(target, next, tf.relu).max(1).mul(0.9))) as tf.Scalar, false, own);
    }
  }),
  healthy('frozen layers', async () => {
    const data = clouds(300, 10, 3);
    const model = chain(10, [{units: 16, activation: 'relu', trainable: false}, {units: 16, activation: 'relu', trainable: false}, {units: 3, activation: 'softmax'}]);
    model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
    await steps(model, data, 100, 16);
  }),
  healthy('heavy-tailed targets, batch of two', async () => {
    const model = chain(5, [{units: 12, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.adam(0.003), loss: 'meanSquaredError'});
    await steps(model, tailed(), 400, 2);
  }),
  healthy('rare large targets', async () => {
    const data = curve(300, 5);
    const model = chain(5, [{units: 12, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    await steps(model, {x: data.x, y: data.x.map((row) => [(row[0] ?? 0) > 2 ? 20 : 0])}, 200, 16);
  }),
  healthy('one-hot inputs', async () => {
    const labels = range(300).map(() => Math.floor(Math.random() * 200));
    const model = chain(200, [{units: 8, activation: 'relu'}, {units: 2, activation: 'softmax'}]);
    model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
    await steps(model, {x: labels.map((label) => oneHot(label, 200)), y: labels.map((label) => oneHot(label % 2, 2))}, 150, 16);
  }),
  healthy('weight decay', async () => {
    const model = chain(8, [{units: 16, activation: 'elu', kernelRegularizer: tf.regularizers.l2({l2: 0.01})}, {units: 16, activation: 'elu', kernelRegularizer: tf.regularizers.l1({l1: 0.001})}, {units: 1}]);
    model.compile({optimizer: tf.train.rmsprop(0.005), loss: 'meanSquaredError'});
    await steps(model, curve(300, 8), 150, 32);
  }),
  healthy('deep linear', async () => {
    const data = curve(200, 4);
    const model = chain(4, [{units: 8}, {units: 8}, {units: 8}, {units: 8}, {units: 1}]);
    model.compile({optimizer: tf.train.sgd(0.02), loss: 'meanSquaredError'});
    await steps(model, {x: data.x, y: data.x.map((row) => [(row[0] ?? 0) - (row[1] ?? 0)])}, 200, 16);
  }),
  healthy('two outputs', async () => {
    const input = tf.input({shape: [6]});
    const trunk = tf.layers.dense({units: 16, activation: 'relu'}).apply(input) as tf.SymbolicTensor;
    const a = tf.layers.dense({units: 1, name: 'value'}).apply(trunk) as tf.SymbolicTensor;
    const b = tf.layers.dense({units: 2, activation: 'softmax', name: 'kind'}).apply(trunk) as tf.SymbolicTensor;
    const model = tf.model({inputs: input, outputs: [a, b]});
    model.compile({optimizer: tf.train.adam(0.01), loss: ['meanSquaredError', 'categoricalCrossentropy']});
    const data = curve(200, 6, 3);
    for (let step = 0; step < 100; step++) {
      const batch = batchOf(data, 16);
      await model.trainOnBatch(tf.tensor2d(batch.x), [tf.tensor2d(batch.y), tf.tensor2d(batch.y.map((row) => oneHot((row[0] ?? 0) > 0 ? 1 : 0, 2)))]);
    }
  }),
  healthy('curriculum: harder data from step 100', async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 200, 16, (_x, y, step) => { if (step > 100) y.forEach((row) => { row[0] = 2 * (row[0] ?? 0) + 1; }); });
  }),
  healthy('folds: weights set back', async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.adam(0.02), loss: 'meanSquaredError'});
    const start = model.getWeights().map((weight) => weight.clone());
    for (let fold = 0; fold < 3; fold++) {
      model.setWeights(start);
      await steps(model, curve(16, 6), 120, 16);
    }
  }),
  healthy('triplet', () => {
    const data = clouds(200, 6, 3);
    const net = weights([6, 12, 4]);
    loop(200, tf.train.adam(0.01), () => {
      const a = batchOf(data, 8);
      const near = tf.tensor2d(a.x.map((row) => row.map((value) => value + 0.1 * gaussian())));
      const far = tf.tensor2d(batchOf(data, 8).x);
      const [za, zn, zf] = [tf.tensor2d(a.x), near, far].map((x) => forward(net, x, tf.relu));
      const distance = (p?: tf.Tensor, q?: tf.Tensor): tf.Tensor => (p as tf.Tensor).sub(q as tf.Tensor).square().sum(1);
      return tf.relu(distance(za, zn).sub(distance(za, zf)).add(0.5)).mean();
    });
  }),
  healthy('stacked LSTM', async () => {
    const data = sequences(100, 8, 2);
    const model = tf.sequential({layers: [tf.layers.lstm({units: 6, inputShape: [8, 2], returnSequences: true}), tf.layers.lstm({units: 6}), tf.layers.dense({units: 1, activation: 'sigmoid'})]});
    model.compile({optimizer: tf.train.rmsprop(0.01), loss: 'binaryCrossentropy'});
    for (let step = 0; step < 50; step++) { const batch = batchOf(data, 8); await model.trainOnBatch(tf.tensor(batch.x), tf.tensor(batch.y)); }
  }),
  healthy('conv1d', () => convSteps(conv(), 100)),
  healthy('conv1d, SGD', () => convSteps(conv({}, {}, tf.train.sgd(0.01)), 100)),
  healthy('two optimizers on one loss', () => {
    const data = curve(200, 5);
    const net = weights([5, 16, 1]);
    const first = tf.train.adam(0.01);
    const second = tf.train.sgd(0.01);
    for (let step = 0; step < 120; step++) {
      const batch = batchOf(data, 16);
      const loss = (): tf.Scalar => mse(forward(net, tf.tensor2d(batch.x), tf.tanh), tf.tensor2d(batch.y)) as tf.Scalar;
      first.minimize(loss, false, [net.w[0] as tf.Variable, net.b[0] as tf.Variable]);
      second.minimize(loss, false, [net.w[1] as tf.Variable, net.b[1] as tf.Variable]);
    }
  }),
  healthy('XOR, a long plateau', () => {
    const net = weights([2, 4, 1]);
    const x = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
    const y = tf.tensor2d([[0], [1], [1], [0]]);
    loop(600, tf.train.sgd(0.5), () => tf.losses.sigmoidCrossEntropy(y, forward(net, x, tf.sigmoid)));
  }),
  healthy('deep tanh, small rate', async () => {
    const model = chain(8, [...range(6).map(() => ({units: 12, activation: 'tanh'})), {units: 1}]);
    model.compile({optimizer: tf.train.sgd(0.001), loss: 'meanSquaredError'});
    await steps(model, curve(200, 8), 150, 16);
  }),
  healthy('deep sigmoid of four, Adam', async () => {
    const model = chain(8, [...range(4).map(() => ({units: 16, activation: 'sigmoid'})), {units: 4, activation: 'softmax'}]);
    model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
    await steps(model, clouds(300, 8, 4), 250, 32);
  }),
  healthy('random labels, shallow', async () => {
    const data = clouds(300, 8, 2);
    const model = chain(8, [{units: 16, activation: 'relu'}, {units: 16, activation: 'relu'}, {units: 2, activation: 'softmax'}]);
    model.compile({optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy'});
    await steps(model, {x: data.x, y: data.x.map(() => oneHot(Math.random() < 0.5 ? 1 : 0, 2))}, 200, 16);
  }),
  healthy('counts', () => {
    const data = curve(200, 4);
    const net = weights([4, 12, 1]);
    loop(200, tf.train.adam(0.01), () => {
      const batch = batchOf(data, 16);
      const log = forward(net, tf.tensor2d(batch.x), tf.tanh);
      return tf.exp(log).sub(log.mul(tf.tensor2d(batch.y.map((row) => [Math.max(0, Math.round(3 * (row[0] ?? 0)))])))).mean();
    });
  }),
  healthy('scaled tiny inputs', async () => {
    const data = clouds(300, 8, 3);
    const model = chain(8, [{units: 16, activation: 'relu', kernelInitializer: 'heNormal'}, {units: 3, activation: 'softmax'}]);
    model.compile({optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy'});
    await steps(model, {x: data.x.map((row) => row.map((value) => value / 50)), y: data.y}, 150, 32);
  }),
  healthy('pixels of 0 to 255, Adam, batch normalization', async () => {
    const data = clouds(300, 8, 3);
    const model = tf.sequential({layers: [tf.layers.batchNormalization({inputShape: [8]}), tf.layers.dense({units: 16, activation: 'relu'}), tf.layers.dense({units: 3, activation: 'softmax'})]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy'});
    await steps(model, {x: data.x.map((row) => row.map((value) => 128 + 40 * value)), y: data.y}, 100, 32);
  }),
  healthy('zero-started head and shortcuts', () => {
    const data = curve(200, 6);
    const net = weights([6, 6, 6]);
    const gate = tf.variable(tf.scalar(0));
    const head = tf.variable(tf.zeros([6, 1]));
    loop(150, tf.train.adam(0.01), () => {
      const batch = batchOf(data, 16);
      const x = tf.tensor2d(batch.x);
      return mse(x.add(forward(net, x, tf.relu).mul(gate)).matMul(head as tf.Tensor2D), tf.tensor2d(batch.y));
    });
  }),
];

export const furtherFaulty: Case[] = [
  fault('LSTM, rate × 1000', any, [null], async () => {
    const data = sequences(100, 8, 2);
    const model = tf.sequential({layers: [tf.layers.lstm({units: 6, inputShape: [8, 2]}), tf.layers.dense({units: 1})]});
    model.compile({optimizer: tf.train.sgd(20), loss: 'meanSquaredError'});
    for (let step = 0; step < 60; step++) { const batch = batchOf(data, 8); await model.trainOnBatch(tf.tensor(batch.x), tf.tensor(batch.y)); }
  }),
  fault('conv1d, rate × 1000', any, [null], () => convSteps(conv({}, {}, tf.train.sgd(10)), 80)),
  fault('conv1d, initializer × 100', grown, ['second'], () => convSteps(conv({}, {kernelInitializer: tf.initializers.randomNormal({stddev: 30})}, tf.train.adam(1e-4)), 60)),
  fault('conv1d, kernel of zeros', ['vanishing'], ['first'], () => convSteps(conv({kernelInitializer: 'zeros'}), 60)),
  fault('conv1d, Infinity in a batch', ['non-finite'], [null], () => convSteps(conv(), 60, (x, step) => { if (step === 40) (x[2]?.[3] ?? [])[0] = Infinity; }), 40),
  fault('targets × 1e4 in one batch', grown, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.adam(0.005), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 150, 16, (_x, y, step) => { if (step === 90) y.forEach((row) => { row[0] = 1e4 * (row[0] ?? 0); }); });
  }, 90),
  fault('weights of a layer × 1000 in mid-run', grown, ['b'], async () => {
    const model = chain(6, [{units: 16, activation: 'relu', name: 'a'}, {units: 16, activation: 'relu', name: 'b'}, {units: 16, activation: 'relu', name: 'c'}, {units: 1, name: 'd'}]);
    model.compile({optimizer: tf.train.adam(0.003), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 120, 16, (_x, _y, step) => {
      if (step === 70) model.getLayer('b').setWeights(model.getLayer('b').getWeights().map((weight) => weight.mul(1000)));
    });
  }, 70),
  fault('tanh chain of thirty, small initializer', ['vanishing'], [null], async () => {
    const model = chain(6, [...range(30).map(() => ({units: 8, activation: 'tanh', kernelInitializer: tf.initializers.randomNormal({stddev: 0.1})})), {units: 1}]);
    model.compile({optimizer: tf.train.adam(1e-4), loss: 'meanSquaredError'});
    await steps(model, curve(200, 6, 1, 1), 120, 16);
  }),
  fault('ReLU recurrence that grows', grown, ['recurrence'], async () => {
    const data = sequences(100, 30, 2);
    const model = tf.sequential({layers: [
      tf.layers.simpleRNN({name: 'recurrence', units: 8, inputShape: [30, 2], activation: 'relu', recurrentInitializer: tf.initializers.randomNormal({stddev: 0.9})}), tf.layers.dense({units: 1, name: 'out'}),
    ]});
    model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
    for (let step = 0; step < 40; step++) { const batch = batchOf(data, 8); await model.trainOnBatch(tf.tensor(batch.x), tf.tensor(batch.y)); }
  }),
  fault('logarithm of zero in a layer', ['non-finite'], ['log', null], async () => {
    const model = tf.sequential({layers: [
      tf.layers.dense({name: 'before', units: 12, inputShape: [6], activation: 'relu'}), kernelLayer('log', 6, (x) => x.relu().log()), tf.layers.dense({name: 'after', units: 1}),
    ]});
    model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 60, 32);
  }),
  fault('a power of zero in a layer', ['non-finite'], ['power'], async () => {
    const model = tf.sequential({layers: [
      tf.layers.dense({name: 'before', units: 12, inputShape: [6], activation: 'tanh'}), kernelLayer('power', 6, (x) => x.relu().pow(0.3)), tf.layers.dense({name: 'after', units: 8, activation: 'relu'}), tf.layers.dense({name: 'out', units: 1}),
    ]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 60, 32);
  }),
  fault('norm of a zero vector, bare variables', ['non-finite'], ['first'], () => {
    const data = curve(100, 4);
    const first = tf.variable(tf.zeros([4, 8]), true, `first${Math.random()}`);
    const second = tf.variable(tf.randomNormal([8, 1]));
    loop(30, tf.train.sgd(0.01), () => {
      const batch = batchOf(data, 16);
      const h = tf.tensor2d(batch.x).matMul(first as tf.Tensor2D);
      return mse(h.add(1).matMul(second as tf.Tensor2D), tf.tensor2d(batch.y)).add(h.square().sum(1).sqrt().mean().mul(0.1));
    });
  }),
  fault('negative rate', grown, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'tanh'}, {units: 1}]);
    model.compile({optimizer: tf.train.sgd(-0.1), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 150, 32);
  }),
  fault('summed loss, rate not scaled', grown, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.sgd(0.05), loss: ((y: tf.Tensor, p: tf.Tensor) => y.sub(p).square().sum().mul(50)) as unknown as string});
    await steps(model, curve(300, 6), 60, 64);
  }),
  fault('dead ReLU in a deep regression', ['vanishing'], ['third'], async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 16, activation: 'relu'}, {units: 16, activation: 'relu', name: 'third', biasInitializer: tf.initializers.constant({value: -15})}, {units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6, 1, 2), 80, 32);
  }),
  fault('all variables start at zero', ['vanishing'], [null], () => {
    const data = clouds(100, 4, 3);
    const net: Weights = {w: [tf.variable(tf.zeros([4, 8])), tf.variable(tf.zeros([8, 8])), tf.variable(tf.zeros([8, 3]))], b: [tf.variable(tf.zeros([8])), tf.variable(tf.zeros([8])), tf.variable(tf.zeros([3]))]};
    loop(80, tf.train.adam(0.01), () => { const batch = batchOf(data, 16); return tf.losses.softmaxCrossEntropy(tf.tensor2d(batch.y), forward(net, tf.tensor2d(batch.x), tf.relu)); });
  }),
  fault('bare variables, initializer × 100', grown, ['middle'], () => {
    const data = curve(100, 6);
    const net = weights([6, 16, 16, 1]);
    net.w[1] = tf.variable(tf.randomNormal([16, 16], 0, 25), true, `middle${Math.random()}`);
    loop(60, tf.train.adam(1e-4), () => { const batch = batchOf(data, 16); return mse(forward(net, tf.tensor2d(batch.x), tf.relu), tf.tensor2d(batch.y)); });
  }),
  fault('momentum of 1.1', grown, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'tanh'}, {units: 1}]);
    model.compile({optimizer: tf.train.momentum(0.01, 1.1), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 150, 32);
  }),
  fault('rate that doubles', any, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.sgd(1e-4), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 120, 32, (_x, _y, step) => { (model.optimizer as tf.SGDOptimizer).setLearningRate(1e-4 * 1.2 ** step); });
  }, 40),
  fault('NaN in the targets of an LSTM', ['non-finite'], [null], async () => {
    const data = sequences(100, 8, 2);
    const model = tf.sequential({layers: [tf.layers.lstm({units: 6, inputShape: [8, 2]}), tf.layers.dense({units: 1})]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    for (let step = 1; step < 60; step++) { const batch = batchOf(data, 8); if (step === 40) (batch.y[1] = [NaN]); await model.trainOnBatch(tf.tensor(batch.x), tf.tensor(batch.y)); }
  }, 40),
  fault('a constant feature divided by its spread', ['non-finite'], [null], async () => {
    const data = curve(100, 4);
    const model = chain(4, [{units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
    await steps(model, {x: data.x.map((row) => [0 / 0, ...row.slice(1)]), y: data.y}, 40, 16);
  }),
  fault('discriminator without epsilon', ['non-finite', 'exploding', 'spike'], [null], () => {
    const generator = weights([2, 8, 2]);
    const discriminator = weights([2, 8, 1]);
    const g = tf.train.sgd(0.05);
    const d = tf.train.sgd(5);
    for (let step = 0; step < 300; step++) {
      const real = tf.randomNormal([16, 2], 6, 0.5);
      const noise = tf.randomNormal([16, 2]);
      const judged = (x: tf.Tensor): tf.Tensor => tf.sigmoid(forward(discriminator, x, tf.tanh));
      d.minimize(() => tf.log(judged(real)).add(tf.log(tf.sub(1, judged(forward(generator, noise, tf.tanh))))).mean<tf.Scalar>().neg(), false, [...discriminator.w, ...discriminator.b]);
      g.minimize(() => tf.log(tf.sub(1, judged(forward(generator, noise, tf.tanh)))).mean<tf.Scalar>(), false, [...generator.w, ...generator.b]);
    }
  }),
  fault('regularizer with the wrong sign', grown, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'tanh', kernelRegularizer: tf.regularizers.l2({l2: -2})}, {units: 1, kernelRegularizer: tf.regularizers.l2({l2: -2})}]);
    model.compile({optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 250, 32);
  }),
  fault('targets not scaled', any, [null], async () => {
    const model = chain(6, [{units: 16, activation: 'relu'}, {units: 16, activation: 'relu'}, {units: 1}]);
    model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6, 1e4, 1e4), 60, 32);
  }),
  fault('gradient of a layer × 1e4 from step 80', grown, ['second', 'burst'], async () => {
    const burst = (x: tf.Tensor, call: number): tf.Tensor => tf.customGrad(((value: tf.Tensor) => ({value: value.clone(), gradFunc: (dy: tf.Tensor) => dy.mul(call < 80 ? 1 : 1e4)})) as unknown as Parameters<typeof tf.customGrad>[0])(x);
    const model = tf.sequential({layers: [
      tf.layers.dense({name: 'first', units: 12, inputShape: [6], activation: 'relu'}), tf.layers.dense({name: 'second', units: 12, activation: 'relu'}), operationLayer('burst', burst), tf.layers.dense({name: 'third', units: 12, activation: 'relu'}), tf.layers.dense({name: 'fourth', units: 1}),
    ]});
    model.compile({optimizer: tf.train.adam(0.003), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 120, 32);
  }, 80),
  fault('exponential activation', grown, ['rise'], async () => {
    const model = tf.sequential({layers: [
      tf.layers.dense({name: 'first', units: 12, inputShape: [6], activation: 'relu'}), kernelLayer('rise', 12, (x) => x.mul(4).exp()), tf.layers.dense({name: 'third', units: 12, activation: 'relu'}), tf.layers.dense({name: 'fourth', units: 1}),
    ]});
    model.compile({optimizer: tf.train.sgd(0.05), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6, 3), 120, 32);
  }),
  fault('text, embedding × 1000', any, ['embedding'], async () => {
    const data = texts(200, 8, 30);
    const model = tf.sequential({layers: [
      tf.layers.embedding({name: 'embedding', inputDim: 30, outputDim: 8, inputLength: 8, embeddingsInitializer: tf.initializers.randomUniform({minval: -50, maxval: 50})}),
      tf.layers.globalAveragePooling1d({}), tf.layers.dense({name: 'inner', units: 8, activation: 'relu'}), tf.layers.dense({name: 'out', units: 1, activation: 'sigmoid'})]});
    model.compile({optimizer: tf.train.adam(0.01), loss: 'binaryCrossentropy'});
    await steps(model, data, 80, 16);
  }),
];

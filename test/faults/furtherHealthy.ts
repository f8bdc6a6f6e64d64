import * as tf from '@tensorflow/tfjs';
import {healthy, type Case} from './case';
import {batchOf, clouds, curve, oneHot, sequences} from './data';
import {gaussian} from './seededRandom';
import {chain, conv, convSteps, forward, loop, mse, range, steps, tailed, trainOnce, weights} from './trainingLoops';

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
      x.dispose();
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
      tf.dispose([x, next, reward]);
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
      await trainOnce(model, tf.tensor2d(batch.x), [tf.tensor2d(batch.y), tf.tensor2d(batch.y.map((row) => oneHot((row[0] ?? 0) > 0 ? 1 : 0, 2)))]);
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
    for (let step = 0; step < 50; step++) { const batch = batchOf(data, 8); await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y)); }
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
  healthy('likelihood whose weight is zero at first', () => {
    const data = curve(200, 4, 0.3);
    const net = weights([4, 16, 1]);
    loop(150, tf.train.adam(0.01), (step) => {
      const batch = batchOf(data, 32);
      return mse(forward(net, tf.tensor2d(batch.x), tf.tanh), tf.tensor2d(batch.y)).sub(4).mul(step <= 25 ? 0 : 1);
    });
  }),
  healthy('policy with rare rewards', () => {
    const net = weights([3, 8, 2]);
    loop(300, tf.train.adam(0.01), (step) => {
      const picks = tf.oneHot(tf.tensor1d(range(8).map(() => Math.floor(2 * Math.random())), 'int32'), 2);
      const advantage = step % 20 !== 0 ? 0 : step % 40 === 0 ? 1 : -1;
      return tf.logSoftmax(forward(net, tf.randomNormal([8, 3]), tf.tanh)).mul(picks).sum(1).mean().mul(-advantage);
    });
  }),
];

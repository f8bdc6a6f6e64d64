import * as tf from '@tensorflow/tfjs';
import type {Rule} from '../../src/protocol/finding';
import {fault, type Case} from './case';
import {kernelLayer, operationLayer} from './customLayers';
import {batchOf, clouds, curve, sequences, texts} from './data';
import {chain, conv, convSteps, forward, loop, mse, range, steps, trainOnce, type Weights, weights} from './trainingLoops';

const grown: Rule[] = ['exploding', 'non-finite', 'spike'];
const any: Rule[] = [...grown, 'vanishing'];

export const furtherFaulty: Case[] = [
  fault('LSTM, rate × 1000', any, [null], async () => {
    const data = sequences(100, 8, 2);
    const model = tf.sequential({layers: [tf.layers.lstm({units: 6, inputShape: [8, 2]}), tf.layers.dense({units: 1})]});
    model.compile({optimizer: tf.train.sgd(20), loss: 'meanSquaredError'});
    for (let step = 0; step < 60; step++) { const batch = batchOf(data, 8); await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y)); }
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
  fault('units of a layer die in mid-run', ['vanishing'], ['b'], async () => {
    const model = chain(6, [{units: 16, activation: 'tanh', name: 'a'}, {units: 16, activation: 'relu', name: 'b'}, {units: 16, activation: 'tanh', name: 'c'}, {units: 1, name: 'd'}]);
    model.compile({optimizer: tf.train.adam(0.003), loss: 'meanSquaredError'});
    await steps(model, curve(300, 6), 120, 16, (_x, _y, step) => {
      if (step === 60) model.getLayer('b').setWeights([model.getLayer('b').getWeights()[0] as tf.Tensor, tf.fill([16], -100)]);
    });
  }, 60),
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
    for (let step = 0; step < 40; step++) { const batch = batchOf(data, 8); await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y)); }
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
    for (let step = 1; step < 60; step++) { const batch = batchOf(data, 8); if (step === 40) (batch.y[1] = [NaN]); await trainOnce(model, tf.tensor(batch.x), tf.tensor(batch.y)); }
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

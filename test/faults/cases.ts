import * as tf from '@tensorflow/tfjs';
import type {Rule} from '../../src/protocol/finding';
import {fault, healthy, type Case} from './case';
import {kernelLayer, operationLayer} from './customLayers';
import {accumulated, adversarial, policyGradient, unrolled, variational} from './barePrograms';
import {attention, autoencoder, classifier, convolutional, deepClassifier, fitted, masked, recurrent, regression, residual, text, twoModels} from './programs';
import {oneHot, clouds, curve} from './data';

const normal = (stddev: number): Record<string, unknown> => ({kernelInitializer: tf.initializers.randomNormal({stddev})});
const unlucky: Rule[] = ['exploding', 'non-finite', 'spike', 'vanishing'];
const growth: Rule[] = ['exploding', 'non-finite', 'spike'];

export const healthyCases: Case[] = [
  healthy('classifier, Adam', () => classifier({})),
  healthy('classifier, SGD', () => classifier({optimizer: 'sgd', rate: 0.05})),
  healthy('classifier, RMSProp', () => classifier({optimizer: 'rmsprop', rate: 0.003})),
  healthy('classifier, Adagrad', () => classifier({optimizer: 'adagrad', rate: 0.03})),
  healthy('classifier, momentum', () => classifier({optimizer: 'momentum', rate: 0.01})),
  healthy('classifier, dropout', () => classifier({dropout: 0.4})),
  healthy('classifier, batch normalization', () => classifier({normalize: true})),
  healthy('classifier, batch of one', () => classifier({batch: 1, rate: 0.001, steps: 250})),
  healthy('classifier, tiny rate', () => classifier({rate: 1e-5})),
  healthy('classifier, sigmoid units', () => classifier({activation: 'sigmoid', rate: 0.01})),
  healthy('classifier, warm-up and cosine', () => classifier({steps: 200, rateAt: (step) => (step < 20 ? step / 20 : 0.5 + 0.5 * Math.cos((Math.PI * step) / 200)) * 0.005})),
  healthy('classifier, restarts', () => classifier({steps: 250, rateAt: (step) => 0.02 * (0.5 + 0.5 * Math.cos((Math.PI * (step % 80)) / 80)) + 1e-6})),
  healthy('classifier, rare classes', () => rareClasses()),
  healthy('regression', () => regression({})),
  healthy('regression, summed loss', () => regression({loss: (y, p) => tf.sub(y, p).square().sum().mul(100), rate: 0.02 / 10000})),
  healthy('regression, L1', () => regression({loss: 'meanAbsoluteError'})),
  healthy('regression, batch of one', () => regression({batch: 1, rate: 0.005, steps: 300})),
  healthy('regression, to zero loss', () => toZero()),
  healthy('regression, large targets', () => largeTargets()),
  healthy('hinge', () => hinge()),
  healthy('fitted', () => fitted({})),
  healthy('fitted, Adam', () => fitted({optimizer: 'adam', rate: 0.005})),
  healthy('deep, heNormal', () => deepClassifier({})),
  healthy('convolutional', () => convolutional({})),
  healthy('convolutional, batch normalization', () => convolutional({normalize: true})),
  healthy('LSTM', () => recurrent({})),
  healthy('GRU', () => recurrent({cell: 'gru'})),
  healthy('simple RNN', () => recurrent({cell: 'simple'})),
  healthy('unrolled RNN, clipped', () => unrolled({})),
  healthy('text', () => text({})),
  healthy('masked', () => masked({})),
  healthy('autoencoder', () => autoencoder({})),
  healthy('variational', () => variational({})),
  healthy('adversarial', () => adversarial({})),
  healthy('policy gradient', () => policyGradient({})),
  healthy('attention', () => attention({})),
  healthy('accumulated', () => accumulated({})),
  healthy('two models', () => twoModels({})),
  healthy('residual', () => residual({})),
  healthy('noise labels', () => noiseLabels()),
];

export const faultyCases: Case[] = [
  fault('classifier, rate × 1000', unlucky, [null], () => classifier({rate: 3})),
  fault('classifier, SGD, rate × 1000', unlucky, [null], () => classifier({optimizer: 'sgd', rate: 50})),
  fault('regression, rate × 1000', unlucky, [null], () => regression({rate: 20})),
  fault('fitted, rate × 1000', growth, [null], () => fitted({rate: 3})),
  fault('deep, rate × 1000', unlucky, [null], () => deepClassifier({rate: 2})),
  fault('convolutional, rate × 1000', unlucky, [null], () => convolutional({rate: 5})),
  fault('autoencoder, rate × 1000', unlucky, [null], () => autoencoder({rate: 10})),
  fault('adversarial, rate × 1000', unlucky, [null], () => adversarial({rate: 4})),
  fault('classifier, rate × 1000 from step 60', unlucky, [null], () => classifier({rateAt: (step) => (step < 60 ? 0.003 : 3)}), 60),
  fault('fitted, momentum 0.99 and a high rate', unlucky, [null], () => fitted({rate: 0.2, momentum: 0.99})),
  fault('classifier, initializer × 100', ['exploding', 'spike'], ['hidden2'], () => classifier({layers: {hidden2: normal(25)}})),
  fault('classifier, initializer × 100, first layer', ['exploding', 'spike'], ['hidden1'], () => classifier({layers: {hidden1: normal(25)}})),
  fault('fitted, initializer × 100', growth, ['hidden2'], () => fitted({layers: {hidden2: normal(25)}, rate: 1e-7})),
  fault('deep, initializer × 100', growth, ['hidden6'], () => deepClassifier({layers: {hidden6: normal(35)}})),
  fault('convolutional, initializer × 100', growth, ['conv2'], () => convolutional({layers: {conv2: normal(17)}})),
  fault('convolutional, initializer × 100, dense', growth, ['dense'], () => convolutional({layers: {dense: normal(24)}})),
  fault('classifier, initializer × 100, output', growth, ['output'], () => classifier({layers: {output: normal(32)}})),
  fault('deep, initializers too small', ['vanishing'], [null], () => deepClassifier({optimizer: 'sgd', rate: 0.02, initializer: 'randomNormal'})),
  fault('classifier, initializer of zeros', ['vanishing'], ['hidden2'], () => classifier({layers: {hidden2: {kernelInitializer: 'zeros'}}})),
  fault('fitted, initializer of zeros', ['vanishing'], ['hidden3'], () => fitted({layers: {hidden3: {kernelInitializer: 'zeros'}}})),
  fault('classifier, dead ReLU', ['vanishing'], ['hidden2'], () => classifier({layers: {hidden2: {biasInitializer: tf.initializers.constant({value: -10})}}})),
  fault('convolutional, dead ReLU', ['vanishing'], ['conv1'], () => convolutional({layers: {conv1: {biasInitializer: tf.initializers.constant({value: -20})}}})),
  fault('deep, sigmoid chain', ['vanishing'], [null], () => deepClassifier({depth: 20, activation: 'sigmoid', initializer: 'glorotUniform', optimizer: 'sgd', rate: 0.05})),
  fault('deep, default initializer', ['vanishing'], [null], () => deepClassifier({depth: 20, initializer: 'glorotNormal', optimizer: 'momentum', rate: 0.003})),
  fault('deep, large initializers', unlucky, [null], () => deepClassifier({depth: 12, initializer: 'randomNormal', optimizer: 'sgd', layers: Object.fromEntries([...Array(12).keys()].map((at) => [`hidden${at + 1}`, normal(2)])), rate: 0.01})),
  fault('classifier, log of zero in the loss', ['non-finite'], [null], () => classifier({outputActivation: 'relu', loss: (y, p) => tf.mul(y, tf.log(p)).sum(-1).neg().mean()})),
  fault('regression, root of zero in the loss', ['non-finite'], [null], () => regression({loss: (y, p) => tf.sub(y, p).mul(0).square().sum(-1).sqrt().mean()})),
  fault('regression, division by a spread of zero', ['non-finite'], [null], () => regression({insert: () => operationLayer('standardize', (x) => x.div(x.mul(0).square().mean().sqrt()))})),
  fault('classifier, root of zero in a layer', ['non-finite'], ['hidden3', 'root'], () => classifier({insert: () => operationLayer('root', (x) => x.sqrt())})),
  fault('classifier, root of zero in a kernel layer', ['non-finite'], ['root'], () => classifier({insert: () => kernelLayer('root', 8, (x) => x.relu().sqrt())})),
  fault('classifier, norm of zero in a kernel layer', ['non-finite'], ['norm'], () => classifier({insert: () => kernelLayer('norm', 8, (x) => x.mul(0).add(x.mul(0).square().sum(-1, true).sqrt()))})),
  fault('convolutional, root of zero in a layer', ['non-finite'], ['dense', 'root'], () => convolutional({insert: () => operationLayer('root', (x) => x.sqrt())})),
  fault('regression, exponential layer from step 60', growth, ['burst'], () => regression({insert: () => kernelLayer('burst', 8, (x, call) => (call < 60 ? x : x.mul(4).exp().mul(100)))}), 60),
  fault('regression, gain of a layer from step 60', growth, ['burst'], () => regression({insert: () => kernelLayer('burst', 8, (x, call) => (call < 60 ? x : x.mul(1000)))}), 60),
  fault('regression, inputs not scaled', growth, [null], () => regression({activation: 'relu', data: (x) => x.forEach((row) => row.forEach((value, at) => { row[at] = value * 255; }))})),
  fault('fitted, inputs not scaled', growth, [null], () => fitted({data: (x) => x.forEach((row) => row.forEach((value, at) => { row[at] = value * 255; }))})),
  fault('classifier, NaN in one batch', ['non-finite'], [null], () => classifier({data: (x, _y, step) => { if (step === 60) (x[3] ?? [])[2] = NaN; }}), 60),
  fault('regression, NaN in one batch', ['non-finite'], [null], () => regression({data: (x, _y, step) => { if (step === 80) (x[3] ?? [])[2] = NaN; }}), 80),
  fault('regression, outlier in one batch', growth, [null], () => regression({activation: 'relu', data: (x, _y, step) => { if (step === 60) (x[3] ?? [])[2] = 1e6; }}), 60),
  fault('classifier, outlier in one batch', growth, [null], () => classifier({outputActivation: 'linear', loss: (y, p) => tf.losses.softmaxCrossEntropy(y, p), data: (x, _y, step) => { if (step === 60) (x[3] ?? [])[2] = 1e6; }}), 60),
  fault('regression, wrong target in one batch', growth, [null], () => regression({data: (_x, y, step) => { if (step === 60) (y[3] ?? [])[0] = 1e6; }}), 60),
  fault('fitted, sign of the loss', growth, [null], () => fitted({loss: (y, p) => tf.sub(y, p).square().mean().neg()})),
  fault('classifier, sign of the loss', growth, [null], () => classifier({optimizer: 'sgd', rate: 0.05, outputActivation: 'linear', loss: (y, p) => tf.losses.softmaxCrossEntropy(y, p).neg()})),
  fault('classifier, gradient cut off', ['vanishing'], ['hidden3', 'cut'], () => classifier({insert: () => operationLayer('cut', (x) => tf.customGrad(((value: tf.Tensor) => ({value: value.clone(), gradFunc: (dy: tf.Tensor) => dy.mul(0)})) as unknown as Parameters<typeof tf.customGrad>[0])(x))})),
  fault('classifier, labels out of range', ['vanishing', 'non-finite', 'exploding', 'spike'], [null], () => classifier({loss: (y, p) => tf.log(tf.sum(tf.mul(y, p), -1)).mean().neg(), data: (_x, y, step) => { if (step === 50) y[0] = oneHot(9, 4); }}), 50),
];

async function rareClasses(): Promise<void> {
  const rows = clouds(600, 12, 4, [0.94, 0.03, 0.02, 0.01]);
  const model = tf.sequential({layers: [tf.layers.dense({units: 16, activation: 'relu', inputShape: [12]}), tf.layers.dense({units: 4, activation: 'softmax'})]});
  model.compile({optimizer: tf.train.adam(0.005), loss: 'categoricalCrossentropy'});
  await model.fit(tf.tensor(rows.x), tf.tensor(rows.y), {epochs: 6, batchSize: 16, verbose: 0});
}

async function toZero(): Promise<void> {
  const rows = curve(16, 4);
  const model = tf.sequential({layers: [tf.layers.dense({units: 32, activation: 'tanh', inputShape: [4]}), tf.layers.dense({units: 1})]});
  model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
  await model.fit(tf.tensor(rows.x), tf.tensor(rows.y), {epochs: 600, batchSize: 16, verbose: 0});
}

async function largeTargets(): Promise<void> {
  const rows = curve(200, 5, 500, 3000);
  const model = tf.sequential({layers: [tf.layers.dense({units: 16, activation: 'relu', inputShape: [5]}), tf.layers.dense({units: 1})]});
  model.compile({optimizer: tf.train.adam(0.05), loss: 'meanSquaredError'});
  await model.fit(tf.tensor(rows.x), tf.tensor(rows.y), {epochs: 20, batchSize: 20, verbose: 0});
}

async function hinge(): Promise<void> {
  const rows = clouds(200, 8, 2);
  const model = tf.sequential({layers: [tf.layers.dense({units: 8, activation: 'relu', inputShape: [8]}), tf.layers.dense({units: 1})]});
  model.compile({optimizer: tf.train.sgd(0.05), loss: 'hinge'});
  await model.fit(tf.tensor(rows.x), tf.tensor(rows.y.map((row) => [row[0] === 1 ? 1 : -1])), {epochs: 20, batchSize: 8, verbose: 0});
}

async function noiseLabels(): Promise<void> {
  const x = curve(64, 3).x;
  const model = tf.sequential({layers: [tf.layers.dense({units: 1, activation: 'sigmoid', inputShape: [3]})]});
  model.compile({optimizer: tf.train.sgd(0.5), loss: 'binaryCrossentropy'});
  await model.fit(tf.tensor(x), tf.tensor(x.map(() => [Math.random() < 0.5 ? 1 : 0])), {epochs: 200, batchSize: 64, verbose: 0});
}

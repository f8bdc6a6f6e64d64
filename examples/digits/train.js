'use strict';
// Trains on real MNIST digits. An ordinary script: it knows nothing of SINGscope.
//   node train.js [--model deep|cnn] [--norm batch|layer] [--optimizer momentum|adam] [--rate R] [--batch N] [--steps N]
const {parseArgs} = require('node:util');
const tf = require('@tensorflow/tfjs-node-gpu');
const {loadDigits} = require('./data');

const {values: options} = parseArgs({
  options: {
    model: {type: 'string', default: 'deep'},
    norm: {type: 'string'},
    optimizer: {type: 'string', default: 'momentum'},
    rate: {type: 'string'},
    batch: {type: 'string', default: '64'},
    steps: {type: 'string', default: '150'},
  },
});

/** Every so many images one is held out; prime to ten, so that all digits are among them. */
const HOLD_EVERY = 23;

// Twenty layers, without shortcuts and unless asked for without normalization: what SING is said to make trainable.
function deep() {
  const model = tf.sequential();
  for (let layer = 0; layer < 19; layer++) {
    model.add(tf.layers.dense({units: 64, activation: 'relu', ...(layer === 0 ? {inputShape: [784]} : {})}));
    if (options.norm === 'batch') model.add(tf.layers.batchNormalization());
    if (options.norm === 'layer') model.add(tf.layers.layerNormalization());
  }
  model.add(tf.layers.dense({units: 10, activation: 'softmax'}));
  return model;
}

// Strides in place of pooling: small enough for pure JavaScript.
function cnn() {
  const model = tf.sequential();
  model.add(tf.layers.conv2d({filters: 8, kernelSize: 3, strides: 2, activation: 'relu', inputShape: [14, 14, 1]}));
  model.add(tf.layers.conv2d({filters: 12, kernelSize: 3, strides: 2, activation: 'relu'}));
  model.add(tf.layers.flatten());
  model.add(tf.layers.dense({units: 10, activation: 'softmax'}));
  return model;
}

function optimizer() {
  if (options.optimizer === 'adam') return tf.train.adam(Number(options.rate ?? 0.001));
  return tf.train.momentum(Number(options.rate ?? 0.005), 0.9);
}

async function main() {
  const small = options.model === 'cnn';
  const {images, labels} = loadDigits(small ? 14 : 28);
  const shape = small ? [14, 14, 1] : [784];
  const inputs = (indices) => tf.tensor2d(indices.map((index) => images[index])).reshape([indices.length, ...shape]);
  const targets = (indices) => tf.oneHot(tf.tensor1d(indices.map((index) => labels[index]), 'int32'), 10).toFloat();

  const all = images.map((_, index) => index);
  const heldOut = all.filter((index) => index % HOLD_EVERY === 0);
  const rest = all.filter((index) => index % HOLD_EVERY !== 0);
  const steps = Number(options.steps);
  const batchSize = Number(options.batch);
  const perEpoch = Math.min(steps, Math.floor(rest.length / batchSize));
  const used = rest.slice(0, perEpoch * batchSize);

  const model = small ? cnn() : deep();
  model.compile({optimizer: optimizer(), loss: 'categoricalCrossentropy', metrics: ['accuracy']});
  await model.fit(inputs(used), targets(used), {
    batchSize,
    epochs: Math.max(1, Math.round(steps / perEpoch)),
    validationData: [inputs(heldOut), targets(heldOut)],
    verbose: 0,
    // Without a held-out accuracy the epoch was ended early.
    callbacks: {onEpochEnd: (epoch, logs) => console.log(`epoch ${epoch + 1}: loss ${logs.loss.toFixed(3)}, held-out accuracy ${logs.val_acc?.toFixed(3) ?? 'not taken'}`)},
  });
}

main();

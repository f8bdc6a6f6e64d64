'use strict';
// Trains on real MNIST digits. It learns for a while, then its gradient spikes, then all is NaN, for a
// reason that stands in the line that makes one layer. An ordinary script: it knows nothing of
// SINGscope, which names that line.
const tf = require('@tensorflow/tfjs-node-gpu');
const {loadDigits} = require('../digits/data');

const BATCH = 32;
const STEPS = 400;

/** Divides by a deviation whose square is learned and may not fall below `least`. */
class LearnedScale extends tf.layers.Layer {
  static className = 'LearnedScale';

  constructor({least, ...config}) {
    super(config);
    this.least = least;
  }

  build() {
    this.variance = this.addWeight('variance', [], 'float32', tf.initializers.ones());
    this.built = true;
  }

  call(inputs) {
    return tf.tidy(() => tf.div(inputs[0] ?? inputs, tf.sqrt(tf.maximum(this.variance.read(), this.least))));
  }
}
tf.serialization.registerClass(LearnedScale);

let seed = 82;
const initial = () => tf.initializers.glorotNormal({seed: seed++});

const model = tf.sequential();
model.add(tf.layers.dense({units: 32, activation: 'relu', inputShape: [196], kernelInitializer: initial()}));
model.add(tf.layers.dense({units: 32, activation: 'relu', kernelInitializer: initial()}));
model.add(tf.layers.dense({units: 10, kernelInitializer: initial()}));
model.add(new LearnedScale({least: 0}));

const {images, labels} = loadDigits(14);
const optimizer = tf.train.sgd(0.02);
for (let step = 0; step < STEPS; step++) {
  const from = (step * BATCH) % (images.length - BATCH);
  optimizer.minimize(() => {
    const digits = tf.tensor2d(images.slice(from, from + BATCH));
    const targets = tf.oneHot(tf.tensor1d(labels.slice(from, from + BATCH), 'int32'), 10);
    return tf.losses.softmaxCrossEntropy(targets, model.apply(digits));
  });
}

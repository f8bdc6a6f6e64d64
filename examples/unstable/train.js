'use strict';
// Trains on real MNIST digits. It learns for a while, then a spike comes, then NaN, for a reason
// that stands in one line. An ordinary script: it knows nothing of SINGscope, which finds that line.
const tf = require('@tensorflow/tfjs-node-gpu');
const {loadDigits} = require('../digits/data');

const BATCH = 32;
const STEPS = 500;

/** Divides its input by a deviation whose square is learned, and that nothing keeps above zero. */
class LearnedScale extends tf.layers.Layer {
  static className = 'LearnedScale';

  build() {
    this.variance = this.addWeight('variance', [], 'float32', tf.initializers.ones());
    this.built = true;
  }

  call(inputs) {
    return tf.tidy(() => tf.div(Array.isArray(inputs) ? inputs[0] : inputs, tf.sqrt(this.variance.read())));
  }
}
tf.serialization.registerClass(LearnedScale);

const model = tf.sequential();
model.add(tf.layers.dense({units: 32, activation: 'relu', inputShape: [196]}));
model.add(tf.layers.dense({units: 32, activation: 'relu'}));
model.add(tf.layers.dense({units: 10}));
model.add(new LearnedScale());

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

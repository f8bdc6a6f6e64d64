'use strict';
// Learns to tell two spirals apart. It goes well for a while, then the loss is NaN, for a reason that stands in the
// line that makes one layer. An ordinary script: it knows nothing of SINGscope, which names that line.
const tf = require('@tensorflow/tfjs-node');

const BATCH = 32;
const STEPS = 300;

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

let seed = 1;
const initial = () => tf.initializers.glorotNormal({seed: seed++});

const model = tf.sequential();
model.add(tf.layers.dense({units: 24, activation: 'tanh', inputShape: [2], kernelInitializer: initial()}));
model.add(tf.layers.dense({units: 24, activation: 'tanh', kernelInitializer: initial()}));
model.add(tf.layers.dense({units: 2, kernelInitializer: initial()}));
model.add(new LearnedScale({least: 0}));

/** Point `index` of two spirals that wind around each other, and which one it is on. */
function point(index) {
  const spiral = index % 2;
  const turn = ((index * 0.618034) % 1) * 4.5;
  const angle = turn + spiral * Math.PI;
  return {x: [(turn / 4.5) * Math.cos(angle) * 2, (turn / 4.5) * Math.sin(angle) * 2], spiral};
}

const optimizer = tf.train.momentum(0.05, 0.9);
for (let step = 0; step < STEPS; step++) {
  const points = Array.from({length: BATCH}, (_, i) => point(step * BATCH + i));
  optimizer.minimize(() => {
    const inputs = tf.tensor2d(points.map(({x}) => x));
    const targets = tf.oneHot(tf.tensor1d(points.map(({spiral}) => spiral), 'int32'), 2);
    return tf.losses.softmaxCrossEntropy(targets, model.apply(inputs));
  });
}

// The loss was meant to be minimized, not maximized.
const tf = require('@tensorflow/tfjs');

const w1 = tf.variable(tf.randomNormal([5, 16], 0, 0.4));
const b1 = tf.variable(tf.zeros([16]));
const w2 = tf.variable(tf.randomNormal([16, 1], 0, 0.4));
const optimizer = tf.train.sgd(0.05);
const x = tf.randomNormal([64, 5]);
const y = x.slice([0, 0], [-1, 1]);
for (let step = 0; step < 120; step++) {
  optimizer.minimize(() => tf.relu(x.matMul(w1).add(b1)).matMul(w2).sub(y).square().mean().neg());
}

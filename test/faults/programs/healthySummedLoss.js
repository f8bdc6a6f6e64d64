const tf = require('@tensorflow/tfjs');

const w = tf.variable(tf.zeros([4, 1]));
const b = tf.variable(tf.scalar(0));
const x = tf.randomNormal([500, 4]);
const y = x.matMul(tf.tensor2d([[1], [-2], [3], [0.5]])).mul(100).add(20);
const optimizer = tf.train.sgd(2e-4);
for (let step = 0; step < 120; step++) optimizer.minimize(() => x.matMul(w).add(b).sub(y).square().sum());

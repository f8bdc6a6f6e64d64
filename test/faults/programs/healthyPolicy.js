const tf = require('@tensorflow/tfjs');

const w = tf.variable(tf.randomNormal([4, 2], 0, 0.1));
const optimizer = tf.train.adam(0.02);
for (let episode = 0; episode < 100; episode++) {
  const length = 3 + Math.floor(12 * Math.random());
  const x = tf.randomNormal([length, 4]);
  const actions = Array.from({length}, () => Math.floor(2 * Math.random()));
  const returns = Array.from({length}, (_, t) => (Math.random() < 0.2 ? 10 : -1) * 0.9 ** t);
  optimizer.minimize(() => tf.logSoftmax(x.matMul(w)).mul(tf.oneHot(tf.tensor1d(actions, 'int32'), 2)).sum(1).mul(tf.tensor1d(returns)).mean().neg());
  x.dispose();
}

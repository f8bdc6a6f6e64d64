const tf = require('@tensorflow/tfjs');

const dense = (a, b) => [tf.variable(tf.randomNormal([a, b], 0, 0.4)), tf.variable(tf.zeros([b]))];
const generator = [...dense(3, 8), ...dense(8, 2)];
const discriminator = [...dense(2, 8), ...dense(8, 1)];
const run = ([w1, b1, w2, b2], x) => tf.leakyRelu(x.matMul(w1).add(b1)).matMul(w2).add(b2);
const entropy = (logits, label) => tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);
const [g, d] = [tf.train.adam(0.005), tf.train.adam(0.005)];
for (let step = 0; step < 60; step++) {
  const real = tf.randomNormal([16, 2], 1, 0.5);
  const noise = tf.randomNormal([16, 3]);
  d.minimize(() => entropy(run(discriminator, real), 1).add(entropy(run(discriminator, run(generator, noise)), 0)), false, discriminator);
  g.minimize(() => entropy(run(discriminator, run(generator, noise)), 1), false, generator);
  tf.dispose([real, noise]);
}

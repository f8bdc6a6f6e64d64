// A cross-entropy by hand, without an epsilon inside the logarithm.
import * as tf from '@tensorflow/tfjs';

const x = tf.randomNormal([100, 8]);
const y = tf.oneHot(x.slice([0, 0], [-1, 2]).argMax(1), 2).toFloat();
const model = tf.sequential();
model.add(tf.layers.dense({units: 12, activation: 'relu', inputShape: [8]}));
model.add(tf.layers.dense({units: 2, activation: 'relu'}));
const optimizer = tf.train.adam(0.01);
for (let step = 0; step < 50; step++) {
  optimizer.minimize(() => tf.neg(tf.mean(tf.mul(y, tf.log(model.predict(x))))));
}

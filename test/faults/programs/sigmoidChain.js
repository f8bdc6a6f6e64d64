// Twenty sigmoid layers: nothing arrives at the first.
const tf = require('@tensorflow/tfjs');

const x = tf.randomNormal([160, 6]);
const y = tf.oneHot(x.slice([0, 0], [-1, 2]).argMax(1), 2).toFloat();
const model = tf.sequential();
for (let at = 0; at < 20; at++) model.add(tf.layers.dense({units: 8, activation: 'sigmoid', ...(at === 0 ? {inputShape: [6]} : {})}));
model.add(tf.layers.dense({units: 2, activation: 'softmax'}));
model.compile({optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy'});
model.fit(x, y, {epochs: 8, batchSize: 16, verbose: 0});

// A small classifier whose learning rate was written without its "e-3".
const tf = require('@tensorflow/tfjs');

const x = tf.randomNormal([200, 10]);
const y = tf.oneHot(x.slice([0, 0], [-1, 3]).argMax(1), 3).toFloat();
const model = tf.sequential();
model.add(tf.layers.dense({units: 16, activation: 'relu', inputShape: [10]}));
model.add(tf.layers.dense({units: 16, activation: 'relu'}));
model.add(tf.layers.dense({units: 3, activation: 'softmax'}));
model.compile({optimizer: tf.train.adam(3), loss: 'categoricalCrossentropy'});
model.fit(x, y, {epochs: 6, batchSize: 20, verbose: 0});

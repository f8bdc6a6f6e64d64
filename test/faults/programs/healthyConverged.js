const tf = require('@tensorflow/tfjs');

const x = tf.randomNormal([12, 4]);
const model = tf.sequential();
model.add(tf.layers.dense({units: 24, activation: 'relu', inputShape: [4], kernelInitializer: 'heNormal'}));
model.add(tf.layers.dense({units: 24, activation: 'relu', kernelInitializer: 'heNormal'}));
model.add(tf.layers.dense({units: 2, activation: 'softmax'}));
model.compile({optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy'});
model.fit(x, tf.oneHot(x.slice([0, 0], [-1, 2]).argMax(1), 2).toFloat(), {epochs: 200, batchSize: 12, verbose: 0});

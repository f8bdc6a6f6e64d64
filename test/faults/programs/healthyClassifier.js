const tf = require('@tensorflow/tfjs');

const x = tf.randomNormal([200, 10]);
const y = tf.oneHot(x.slice([0, 0], [-1, 3]).argMax(1), 3).toFloat();
const model = tf.sequential();
model.add(tf.layers.dense({units: 16, activation: 'relu', inputShape: [10]}));
model.add(tf.layers.dropout({rate: 0.3}));
model.add(tf.layers.dense({units: 3, activation: 'softmax'}));
model.compile({optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy']});
model.fit(x, y, {epochs: 10, batchSize: 20, validationSplit: 0.1, verbose: 0});

// One layer of a regression starts a hundred times too large.
const tf = require('@tensorflow/tfjs');

const x = tf.randomNormal([160, 6]);
const y = x.slice([0, 0], [-1, 1]).sin();
const model = tf.sequential({layers: [
  tf.layers.dense({units: 16, activation: 'relu', inputShape: [6]}),
  tf.layers.dense({units: 16, activation: 'relu'}),
  tf.layers.dense({units: 16, activation: 'relu', kernelInitializer: tf.initializers.randomNormal({stddev: 25})}), // culprit
  tf.layers.dense({units: 1}),
]});
model.compile({optimizer: tf.train.adam(0.001), loss: 'meanSquaredError'});
model.fit(x, y, {epochs: 6, batchSize: 16, verbose: 0});

// A convolution whose kernel starts at zero, before a ReLU.
const tf = require('@tensorflow/tfjs');

const model = tf.sequential({layers: [
  tf.layers.conv1d({filters: 6, kernelSize: 3, activation: 'relu', inputShape: [12, 2]}),
  tf.layers.conv1d({ // culprit
    filters: 6,
    kernelSize: 3,
    activation: 'relu',
    kernelInitializer: 'zeros',
  }),
  tf.layers.flatten(),
  tf.layers.dense({units: 1}),
]});
model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
const x = tf.randomNormal([80, 12, 2]);
model.fit(x, x.max([1, 2]).reshape([80, 1]), {epochs: 5, batchSize: 8, verbose: 0});

// Pixels of 0 … 255 go straight into a network.
const tf = require('@tensorflow/tfjs');

const images = tf.randomUniform([80, 8, 8, 1], 0, 255);
const targets = images.mean([1, 2, 3]).div(255).reshape([80, 1]);
const model = tf.sequential({layers: [
  tf.layers.conv2d({filters: 4, kernelSize: 3, activation: 'relu', inputShape: [8, 8, 1]}),
  tf.layers.flatten(),
  tf.layers.dense({units: 16, activation: 'relu'}),
  tf.layers.dense({units: 1}),
]});
model.compile({optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError'});
model.fit(images, targets, {epochs: 5, batchSize: 8, verbose: 0});

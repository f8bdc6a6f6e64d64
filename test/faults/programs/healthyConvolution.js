const tf = require('@tensorflow/tfjs');

const images = tf.randomUniform([60, 8, 8, 1]);
const labels = images.slice([0, 0, 0, 0], [-1, 4, -1, -1]).mean([1, 2, 3]).greater(0.5).toFloat().reshape([60, 1]);
const model = tf.sequential({layers: [
  tf.layers.conv2d({filters: 4, kernelSize: 3, inputShape: [8, 8, 1]}),
  tf.layers.batchNormalization(),
  tf.layers.activation({activation: 'relu'}),
  tf.layers.globalAveragePooling2d({}),
  tf.layers.dense({units: 1, activation: 'sigmoid'}),
]});
model.compile({optimizer: tf.train.rmsprop(0.01), loss: 'binaryCrossentropy'});
model.fit(images, labels, {epochs: 5, batchSize: 6, verbose: 0});

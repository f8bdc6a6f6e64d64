const tf = require('@tensorflow/tfjs');

const x = tf.tensor2d([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y = tf.tensor2d([[0], [1], [1], [0]]);
const model = tf.sequential({layers: [
  tf.layers.dense({units: 8, activation: 'tanh', inputShape: [2]}),
  tf.layers.dense({units: 1, activation: 'sigmoid'}),
]});
model.compile({optimizer: tf.train.adam(0.05), loss: 'binaryCrossentropy', metrics: ['accuracy']});
model.fit(x, y, {epochs: 150, validationData: [x, y], verbose: 0});

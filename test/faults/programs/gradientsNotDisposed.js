const tf = require('@tensorflow/tfjs');

const x = tf.randomNormal([32, 64]);
const y = x.sum(1, true);
const model = tf.sequential({layers: [
  tf.layers.dense({units: 1024, activation: 'relu', inputShape: [64]}),
  tf.layers.dense({units: 1}),
]});
const optimizer = tf.train.adam(0.0001);
for (let step = 0; step < 100; step++) {
  const {value, grads} = tf.variableGrads(() => tf.losses.meanSquaredError(y, model.apply(x))); // culprit
  optimizer.applyGradients(grads);
  value.dispose();
}

// A schedule that means to divide the rate by ten thousand at step 60, and multiplies.
const tf = require('@tensorflow/tfjs');

(async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 16, activation: 'relu', inputShape: [5]}));
  model.add(tf.layers.dense({units: 16, activation: 'relu'}));
  model.add(tf.layers.dense({units: 1}));
  const optimizer = tf.train.sgd(0.01);
  model.compile({optimizer, loss: 'meanSquaredError'});
  for (let step = 1; step <= 80; step++) {
    if (step === 60) optimizer.setLearningRate(0.01 * 1e4);
    const x = tf.randomNormal([16, 5]);
    const y = tf.tidy(() => x.slice([0, 0], [-1, 1]).mul(2));
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
})();

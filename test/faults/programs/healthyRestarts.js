const tf = require('@tensorflow/tfjs');

(async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 16, activation: 'tanh', inputShape: [5]}));
  model.add(tf.layers.dense({units: 1}));
  const optimizer = tf.train.sgd(0.1);
  model.compile({optimizer, loss: 'meanSquaredError'});
  for (let step = 0; step < 150; step++) {
    optimizer.setLearningRate(0.001 + 0.1 * (1 + Math.cos((Math.PI * (step % 50)) / 50)));
    const x = tf.randomNormal([16, 5]);
    const y = x.slice([0, 0], [-1, 1]);
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
})();

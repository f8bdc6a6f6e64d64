// One target of a million in the 70th batch.
const tf = require('@tensorflow/tfjs');

(async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 12, activation: 'tanh', inputShape: [5]}));
  model.add(tf.layers.dense({units: 12, activation: 'tanh'}));
  model.add(tf.layers.dense({units: 1}));
  model.compile({optimizer: tf.train.rmsprop(0.002), loss: 'meanSquaredError'});
  for (let step = 1; step <= 90; step++) {
    const rows = Array.from({length: 16}, () => Array.from({length: 5}, () => 2 * Math.random() - 1));
    const sums = rows.map((row) => [row[0] - row[1]]);
    if (step === 70) sums[3][0] = 1e6;
    const [x, y] = [tf.tensor2d(rows), tf.tensor2d(sums)];
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
})();

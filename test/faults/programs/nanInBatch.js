// A missing value in the 61st batch.
const tf = require('@tensorflow/tfjs');

(async () => {
  const model = tf.sequential();
  model.add(tf.layers.dense({units: 12, activation: 'relu', inputShape: [5]}));
  model.add(tf.layers.dense({units: 1}));
  model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
  for (let step = 1; step <= 80; step++) {
    const rows = Array.from({length: 16}, () => Array.from({length: 5}, () => 2 * Math.random() - 1));
    const sums = rows.map((row) => [row[0] - row[1]]);
    if (step === 61) rows[7][3] = NaN;
    const [x, y] = [tf.tensor2d(rows), tf.tensor2d(sums)];
    await model.trainOnBatch(x, y);
    tf.dispose([x, y]);
  }
})();

import * as tf from '@tensorflow/tfjs';

const x = tf.randomNormal([60, 8, 2]);
const y = x.slice([0, 0, 0], [-1, -1, 1]).sum(1);
const model = tf.sequential();
model.add(tf.layers.gru({units: 6, inputShape: [8, 2]}));
model.add(tf.layers.dense({units: 1}));
model.compile({optimizer: tf.train.adam(0.02), loss: 'meanSquaredError'});
await model.fit(x, y, {epochs: 6, batchSize: 6, verbose: 0});

const tf = require('@tensorflow/tfjs');

const tokens = Array.from({length: 80}, () => Array.from({length: 6}, () => Math.floor(30 * Math.random())));
const labels = tokens.map((row) => [row.filter((token) => token < 15).length > 3 ? 1 : 0]);
const model = tf.sequential();
model.add(tf.layers.embedding({inputDim: 30, outputDim: 6, inputLength: 6}));
model.add(tf.layers.flatten());
model.add(tf.layers.dense({units: 1, activation: 'sigmoid'}));
model.compile({optimizer: tf.train.adam(0.02), loss: 'binaryCrossentropy'});
model.fit(tf.tensor2d(tokens), tf.tensor2d(labels), {epochs: 10, batchSize: 8, verbose: 0});

// A bias of -10 keeps every unit of one layer silent.
const tf = require('@tensorflow/tfjs');

const input = tf.input({shape: [6]});
const first = tf.layers.dense({units: 12, activation: 'relu'}).apply(input);
const second = tf.layers.dense({units: 12, activation: 'relu', biasInitializer: tf.initializers.constant({value: -10})}).apply(first); // culprit
const third = tf.layers.dense({units: 12, activation: 'relu'}).apply(second);
const output = tf.layers.dense({units: 1}).apply(third);
const model = tf.model({inputs: input, outputs: output});
model.compile({optimizer: tf.train.momentum(0.01, 0.9), loss: 'meanSquaredError'});
const x = tf.randomNormal([160, 6]);
model.fit(x, x.sum(1, true).add(1), {epochs: 5, batchSize: 16, verbose: 0});

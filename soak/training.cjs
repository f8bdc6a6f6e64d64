'use strict';
// A training of STEPS steps that prints its process's memory as it goes: node --expose-gc training.cjs STEPS
const tf = require(process.env.TFJS ?? '@tensorflow/tfjs');

const steps = Number(process.argv[2]);
const every = Math.max(1, Math.floor(steps / 50));
const make = (shape, seed) => tf.variable(tf.randomNormal(shape, 0, 0.1, 'float32', seed));
const layers = [[64, 128], [128, 128], [128, 10]].map(([rows, columns], at) => [make([rows, columns], at + 1), make([columns], at + 11)]);
const x = tf.randomNormal([32, 64], 0, 1, 'float32', 7);
const y = tf.softmax(tf.randomNormal([32, 10], 0, 2, 'float32', 8));
const optimizer = tf.train.adam(1e-4);

async function main() {
  const samples = [];
  for (let step = 1; step <= steps; step++) {
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, layers.reduce((h, [w, b], at) => (at === 0 ? h : tf.relu(h)).matMul(w).add(b), x)));
    if (step % every !== 0) continue;
    // A turn of the event loop, as every fit has it: finalizers run there.
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
    samples.push([step, process.memoryUsage.rss(), tf.memory().numTensors, tf.memory().numBytes]);
  }
  console.log(`SAMPLES ${JSON.stringify(samples)}`);
}

main();

'use strict';
// A tiny network for very many steps, on which something happens at a few known ones: node endless.cjs STEPS TRUTH
const fs = require('node:fs');
const tf = require(process.env.TFJS ?? '@tensorflow/tfjs');

const [steps, truth] = [Number(process.argv[2]), process.argv[3]];
const model = tf.sequential({layers: [
  tf.layers.dense({units: 4, activation: 'tanh', inputShape: [3], name: 'first'}),
  tf.layers.dense({units: 1, name: 'last'}),
]});
const x = tf.randomNormal([8, 3], 0, 1, 'float32', 7);
const y = x.sum(1, true);
const optimizer = tf.train.sgd(1e-3);
const variables = model.trainableWeights.map((weight) => weight.val);
// The loss of these steps is multiplied, and so is every gradient: its rows are extreme, wherever in the run they lie.
const spikes = new Map([0.03, 0.21, 0.5, 0.77, 0.995].map((at, i) => [Math.ceil(at * steps), 50 + 10 * i]));

async function main() {
  const seen = [];
  for (let step = 1; step <= steps; step++) {
    const factor = spikes.get(step) ?? 1;
    const {value, grads} = tf.variableGrads(() => tf.losses.meanSquaredError(y, model.apply(x)).mul(factor), variables);
    if (spikes.has(step)) seen.push({step, loss: value.dataSync()[0], norms: model.trainableWeights.map(({val}) => Math.hypot(...grads[val.name].dataSync()))});
    optimizer.applyGradients(grads);
    tf.dispose([value, grads]);
    if (step % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  fs.writeFileSync(truth, JSON.stringify(seen));
}

main();

/** How often a script trains, and how long it waits after each step, so that a test can act in the middle. */
export interface Pace {
  steps: number;
  pauseMs?: number;
  /** Of the weights, where what is said of the run must not hang on chance; of the layer in the middle its own line tells them. */
  seed?: number;
}

const HEAD = `'use strict';
const tf = require('@tensorflow/tfjs');
`;

const SOUND = "model.add(tf.layers.dense({units: 6, activation: 'relu', name: 'middle'}));";
/** Sound as it stands; `0.1` made `0.1e30` spoils everything at once. */
export const fragileLine = "model.add(tf.layers.dense({units: 6, activation: 'relu', name: 'middle', kernelInitializer: tf.initializers.constant({value: 0.1})}));";

/** Three dense layers of pure JavaScript on made-up data; `middle` is the line of its second layer. */
export function regression({steps, pauseMs = 0, seed}: Pace, middle = SOUND): string {
  const start = seed === undefined ? '' : `, kernelInitializer: tf.initializers.glorotNormal({seed: ${seed}})`;
  return `${HEAD}
const model = tf.sequential();
model.add(tf.layers.dense({units: 8, activation: 'tanh', inputShape: [4], name: 'first'${start}}));
${middle}
model.add(tf.layers.dense({units: 1, name: 'last'${start}}));

const inputs = tf.randomNormal([32, 4], 0, 1, 'float32', 7);
const targets = inputs.sum(1, true);
const optimizer = tf.train.sgd(0.01);

async function main() {
  for (let step = 0; step < ${steps}; step++) {
    optimizer.minimize(() => tf.losses.meanSquaredError(targets, model.apply(inputs)));
    await new Promise((resolve) => setTimeout(resolve, ${pauseMs}));
  }
}
main();
`;
}

/** The same, until a file `enough` lies in the working directory: as long as a test needs. */
export function openEnded(pauseMs: number): string {
  return regression({steps: 100_000, pauseMs}).replace('step++)', "!require('node:fs').existsSync('enough'); step++)").replace(/step < \d+; !/, '!');
}

/** The same by `fit`. */
export function fitted({steps}: Pace): string {
  return `${HEAD}
const model = tf.sequential({layers: [
  tf.layers.dense({units: 8, activation: 'tanh', inputShape: [4], name: 'first'}),
  tf.layers.dense({units: 1, name: 'last'}),
]});
const inputs = tf.randomNormal([32, 4], 0, 1, 'float32', 7);
model.compile({optimizer: tf.train.adam(0.01), loss: 'meanSquaredError'});
model.fit(inputs, inputs.sum(1, true), {epochs: ${steps}, batchSize: 32, verbose: 0});
`;
}

/** Many layers from one line in a loop, all of them spoiled at once. */
export function manyLayers({steps, pauseMs = 0}: Pace, layers: number): string {
  return `${HEAD}
const model = tf.sequential();
model.add(tf.layers.dense({units: 4, inputShape: [4], name: 'first'}));
for (let i = 0; i < ${layers}; i++) model.add(tf.layers.dense({units: 4, name: 'block' + i, kernelInitializer: 'identity'}));

const inputs = tf.ones([8, 4]);
const optimizer = tf.train.sgd(1e-6);
async function main() {
  for (let step = 0; step < ${steps}; step++) {
    const scale = step < ${Math.floor(steps / 2)} ? 1 : NaN;
    optimizer.minimize(() => model.apply(inputs).mean().mul(scale));
    await new Promise((resolve) => setTimeout(resolve, ${pauseMs}));
  }
}
main();
`;
}

// One training in a process of its own, the same with and without observation. It makes a block of steps whenever it is told to, and
// answers with their mean milliseconds: so several of them take turns, and what changes about the machine meets all alike.
//   tsx twin.ts NETWORK STEPS ORDERS ANSWERS      ORDERS: a file that grows by an x for each turn, and by an e at the end
import {appendFileSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {batchesOf, networks, smallNetworks} from './networks';
import type {Tf} from './tensorflow';
import {trainingsOf, trainStep} from './trainings';

const BATCH = 64;
const BATCHES = 8;

const LOOK_MS = 5;

const [name, steps, orders = '', answers = ''] = process.argv.slice(2);
const tf = createRequire(__filename)(process.env.TFJS ?? '@tensorflow/tfjs') as Tf;
const network = [...networks, ...smallNetworks].find((one) => one.name === name);
if (network === undefined) throw new RangeError(`There is no network ${String(name)}.`);

const batches = batchesOf(tf, network, BATCH, BATCHES);
const training = trainingsOf(tf, network, ['stock'])[0]!;
const begun = performance.now();
let made = 0;
let worked = 0;
let loss = NaN;
for (let turn = 0; nextOrder(turn) === 'x'; turn++) {
  const begin = performance.now();
  for (let step = 0; step < Number(steps); step++) loss = trainStep(tf, training, batches[made++ % BATCHES]!);
  const took = performance.now() - begin;
  worked += took;
  appendFileSync(answers, `${JSON.stringify({ms: took / Number(steps), share: worked / (performance.now() - begun)})}\n`);
}
if (!Number.isFinite(loss)) throw new Error('The loss is not finite.');

/** Sleeps until it is there: a loop that trains without awaiting anything has no event to wait for. */
function nextOrder(turn: number): string {
  const clock = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (;;) {
    const order = readFileSync(orders, 'latin1')[turn];
    if (order !== undefined) return order;
    Atomics.wait(clock, 0, 0, LOOK_MS);
  }
}

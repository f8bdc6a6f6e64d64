import {appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {sing, SingOptimizer} from '../../src/sing/index';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscope} from '../support/singscope';

// What a switch in mid-run does, held against the library doing the same by hand: off, on, full, off, full, on, ten steps each.

let folder = '';
let packages: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-switching-'));
  packages = {managed: (await managedRuntime()).tfjsNodeDir, 'pure JavaScript': '@tensorflow/tfjs'};
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

interface Told {
  weights: number[][];
  iterations: number;
  state: [string, number[]][];
}

async function grown(path: string, size: number): Promise<void> {
  const until = Date.now() + 180_000;
  while (!existsSync(path) || statSync(path).size < size) {
    if (Date.now() > until) throw new Error(`${path} never came to ${size}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const modes = ['off', 'on', 'full', 'off', 'full', 'on'];

/** The same by the library: one Adam that rests while full SING is on, one full SING that rests while it is off. */
function byHand(x: tf.Tensor2D, start: tf.Tensor2D): {weights: number[][]; adam: tf.Optimizer} {
  const w = tf.variable(start, true);
  const adam = tf.train.adam(0.05);
  const plugin = sing(adam);
  const full = new SingOptimizer({learningRate: 0.05});
  const weights = modes.flatMap((mode) => Array.from({length: 10}, () => {
    const optimizer = mode === 'off' ? adam : mode === 'on' ? plugin : full;
    // The gradient of the mean of (x·w − 1)².
    const gradient = tf.tidy(() => tf.mul(tf.matMul(x, tf.sub(tf.matMul(x, w), 1), true), 2 / (16 * 4)));
    optimizer.applyGradients([{name: w.name, tensor: gradient}]);
    return [...w.dataSync()];
  }));
  return {weights, adam};
}

test.each(['managed', 'pure JavaScript'])('on %s', async (runtime) => {
  const out = join(folder, `${runtime}.json`);
  const store = join(folder, `store ${runtime}`);
  const script = join(packageRoot, 'test/fixtures/forms/switching.js');
  const ended = singscope(['run', script, '--json', '--store', store, '--', out], {...process.env, TFJS: packages[runtime]});
  for (const [part, mode] of modes.entries()) {
    if (part > 0) {
      await grown(`${out}.at`, part);
      expect((await singscope(['set', 'last', '--store', store, '--sing', mode])).stderr).toBe('');
      appendFileSync(`${out}.go`, '.');
    }
  }
  appendFileSync(`${out}.go`, '......');
  const summary = JSON.parse((await ended).stdout) as RunSummary;
  expect(summary).toMatchObject({status: 'finished', steps: 60});
  expect(summary.notices.map(({code}) => code)).not.toContain('kernels-failed');

  const told = JSON.parse(readFileSync(out, 'utf8')) as Told;
  const wanted = byHand(tf.randomNormal([16, 6], 0, 1, 'float32', 2), tf.randomNormal([6, 4], 0, 1, 'float32', 1));
  told.weights.forEach((values, step) => values.forEach((value, at) => {
    expect(Math.abs(value - (wanted.weights[step]?.[at] ?? NaN)), `step ${step + 1}`).toBeLessThan(2e-4);
  }));
  // Every step counts for a schedule of the script's, and Adam remembers what its own 40 steps and no others left.
  expect(told.iterations).toBe(60);
  for (const {name, tensor} of (await wanted.adam.getWeights()).slice(1)) {
    const kind = name.slice(name.lastIndexOf('/'));
    const values = told.state.find(([own]) => own.endsWith(kind))?.[1] ?? [];
    tensor.dataSync().forEach((value, at) => { expect(Math.abs((values[at] ?? NaN) - value), name).toBeLessThan(2e-4); });
  }
});

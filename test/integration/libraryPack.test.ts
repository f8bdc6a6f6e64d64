import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {packageRoot} from '../support/managedRuntime';

const run = promisify(execFile);
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

let folder: string;
/** A project that knows nothing of this repository and has installed the packed library. */
let project: string;

beforeAll(async () => {
  // It builds all of dist/.
  if (!existsSync(join(packageRoot, 'dist/sing/index.d.ts'))) await run(process.execPath, [join(packageRoot, 'scripts/build.mjs')], {cwd: packageRoot});
  folder = mkdtempSync(join(tmpdir(), 'singscope-pack-'));
  const {stdout} = await run('npm', ['pack', '--json', '--pack-destination', folder], {cwd: packageRoot});
  const [{filename}] = JSON.parse(stdout) as [{filename: string}];
  project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({name: 'project', private: true}));
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', join(folder, filename)], {cwd: project});
});

afterAll(() => {
  rmSync(folder, {recursive: true, force: true});
});

async function outputOf(file: string, text: string): Promise<unknown> {
  writeFileSync(join(project, file), text);
  const {stdout} = await run(process.execPath, [file], {cwd: project});
  return JSON.parse(stdout) as unknown;
}

/** The library in use, by whatever way it came: plug-in and full SING train, the transform is exact, one copy of tfjs gives one set of classes. */
const use = `
  await tf.setBackend('cpu');
  const x = tf.tensor2d([[0, 1], [1, 0], [2, 1], [3, 5]]);
  const y = tf.add(tf.matMul(x, tf.tensor2d([[1], [-1]])), 0.5);
  const losses = [sing(tf.train.adam(0.05)), new SingOptimizer({learningRate: 0.05, weightDecay: 1e-4})].map((optimizer) => {
    const kernel = tf.variable(tf.tensor2d([[0.2], [0.1]]));
    const bias = tf.variable(tf.tensor1d([0]));
    const loss = () => tf.mean(tf.square(tf.sub(tf.add(tf.matMul(x, kernel), bias), y)));
    const first = loss().dataSync()[0];
    const rate = warmupCosine({peak: 0.05, totalSteps: 200});
    for (let step = 0; step < 200; step++) {
      optimizer.learningRate = rate(step);
      optimizer.minimize(loss, false, [kernel, bias]);
    }
    return [first, loss().dataSync()[0]];
  });
  const transformed = Array.from(singTransform(tf.tensor2d([[1, 2], [3, 4]]), {kind: 'dense'}).dataSync());
  console.log(JSON.stringify({losses, transformed, sameForTheUnionPackage: createSing(union).sing === sing}));
`;
const fromModule = `import * as tf from '@tensorflow/tfjs-core';
import * as union from '@tensorflow/tfjs';
import {createSing, sing, SingOptimizer, singTransform, warmupCosine} from 'singscope/sing';
${use}`;
const fromCommonJs = `const tf = require('@tensorflow/tfjs-core');
const union = require('@tensorflow/tfjs');
const {createSing, sing, SingOptimizer, singTransform, warmupCosine} = require('singscope/sing');
(async () => {${use}})();`;

describe('the library, packed and installed elsewhere', () => {
  it('brings no other package with it', () => {
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['singscope']);
    const {dependencies, peerDependencies} = JSON.parse(readFileSync(join(project, 'node_modules/singscope/package.json'), 'utf8')) as Record<string, Record<string, string> | undefined>;
    expect(dependencies ?? {}).toEqual({});
    expect(Object.keys(peerDependencies ?? {})).toEqual(['@tensorflow/tfjs-core']);
  });

  it('names its peer where that is missing', async () => {
    await expect(outputOf('alone.mjs', 'import \'singscope/sing\';')).rejects.toThrow('@tensorflow/tfjs-core');
  });

  describe('beside TensorFlow.js', () => {
    beforeAll(() => {
      symlinkSync(join(packageRoot, 'node_modules/@tensorflow'), join(project, 'node_modules/@tensorflow'));
    });

    it.each([['an ES module', 'use.mjs', fromModule], ['CommonJS', 'use.cjs', fromCommonJs]])('trains from %s', async (_, file, text) => {
      const {losses, transformed, sameForTheUnionPackage} = await outputOf(file, text) as {losses: [first: number, last: number][]; transformed: number[]; sameForTheUnionPackage: boolean};
      expect(losses).toHaveLength(2);
      for (const [first, last] of losses) expect(last).toBeLessThan(first / 10);
      [-0.5, -0.5, 0.5, 0.5].forEach((value, at) => { expect(transformed[at]).toBeCloseTo(value, 6); });
      expect(sameForTheUnionPackage).toBe(true);
    });

    // Were the types lost on the way, all would be `any` and the errors that are expected here would be missing.
    it.each(['typed.mts', 'typed.cts'])('has types for %s', async (file) => {
      writeFileSync(join(project, file), `import * as tf from '@tensorflow/tfjs-core';
import {createSing, sing, SingOptimizer, singTransform, warmupConstantCosine, warmupCosine, type Sing, type SingPlugin, type WarmupCosine} from 'singscope/sing';
const plugin: SingPlugin = sing(tf.train.adam(1e-3), {centralize: 'always', exclude: ['norm*'], kinds: {words: 'embedding'}});
plugin.setLearningRate(1e-4);
const schedule: WarmupCosine = {peak: 1e-2, totalSteps: 100};
plugin.learningRate = warmupCosine(schedule)(0) + warmupConstantCosine({...schedule, constant: 0.5})(1);
const optimizer: tf.Optimizer = new SingOptimizer({learningRate: 1e-2, lookahead: {steps: 5, alpha: 0.5}});
optimizer.dispose();
const gradient: tf.Tensor = singTransform(tf.zeros([2, 2]), {kind: 'dense', normalize: 'std'});
export const bound: Sing = createSing(tf);
export const rank: number = gradient.rank;
// @ts-expect-error an optimizer, not its name
sing('adam');
// @ts-expect-error no such value
sing(tf.train.sgd(1), {centralize: 'sometimes'});
// @ts-expect-error no such kind
singTransform(gradient, {kind: 'kernel'});
// @ts-expect-error no such option
new SingOptimizer({rate: 1});
`);
      const {stdout} = await run(process.execPath, [tsc, '--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'nodenext', file], {cwd: project}).catch((error: unknown) => error as {stdout: string});
      expect(stdout).toBe('');
    });
  });
});

import {build, type BuildOptions} from 'esbuild';
import {createHash} from 'node:crypto';
import {appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

// What an editor needs of a run to stay on the right line: where the training is called, and the texts as they were.

const fixtures = join(packageRoot, 'test/fixtures');
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-sites-'));
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

async function observe(script: string, ...args: string[]): Promise<RunReader> {
  const {run, store} = await singscopeJson<RunSummary>(['run', script, '--json', '--store', join(folder, 'store'), '--', ...args], {...process.env, TFJS: '@tensorflow/tfjs'});
  return openRun(join(store, 'runs', run));
}

function lineOf(file: string, text: string): number {
  return readFileSync(file, 'utf8').split('\n').findIndex((line) => line.includes(text)) + 1;
}

const callsOf = ({trainings}: RunReader): unknown[] => trainings.map(({call, site, step}) => [call, site?.file, site?.line, step]);

describe('the training call', () => {
  const loops = join(fixtures, 'loops/loops.js');
  test.each([
    ['fit', 'fit', 'model.fit(x, x.sum'],
    ['fitDataset', 'fitDataset', 'model.fitDataset('],
    ['trainOnBatch', 'trainOnBatch', 'await model.trainOnBatch('],
    ['minimize', 'minimize', 'optimizer.minimize(loss, step'],
  ] as const)('of %s is the user\'s line, once', async (kind, call, text) => {
    expect(callsOf(await observe(loops, kind, join(folder, 'out.json')))).toEqual([[call, loops, lineOf(loops, text), 0]]);
  });

  test('of a loop of one\'s own, by a user-written optimizer', async () => {
    const file = join(fixtures, 'forms/loop.mjs');
    expect(callsOf(await observe(file))).toEqual([['applyGradients', file, lineOf(file, 'optimizer.applyGradients(grads)'), 0]]);
  });

  test('of two optimizers are two', async () => {
    const lines = ['judgeSteps.minimize(', 'makerSteps.minimize('].map((text) => lineOf(loops, text));
    expect(callsOf(await observe(loops, 'twoOptimizers', join(folder, 'out.json')))).toEqual(lines.map((line, step) => ['minimize', loops, line, step]));
  });

  test.each([
    ['with a source map', {sourcemap: true}, join(fixtures, 'forms/fit.js')],
    ['minified, with its source map inside', {sourcemap: 'inline', minify: true}, join(fixtures, 'forms/fit.js')],
    ['without one', {}, null],
  ] satisfies [string, BuildOptions, string | null][])('of a bundle %s', async (name, options, original) => {
    const outfile = join(folder, `${name.replaceAll(/\W+/g, '-')}.cjs`);
    await build({entryPoints: [join(fixtures, 'forms/fit.js')], outfile, bundle: true, platform: 'node', logLevel: 'error', ...options});
    const reader = await observe(outfile);
    const file = original ?? outfile;
    expect(callsOf(reader)).toEqual([['fit', file, lineOf(file, 'await model.fit(tf'), 0]]);
    if (original !== null) expect(reader.sources.get(original)?.text()).toBe(readFileSync(original, 'utf8'));
  });
});

test('the texts of the script and of the files with layers are kept as they were in the run', async () => {
  const model = join(folder, 'ein Netz – 網.js');
  const script = join(folder, 'train.js');
  writeFileSync(model, '\uFEFFconst tf = require("@tensorflow/tfjs");\nexports.make = () => tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})]});\n');
  writeFileSync(script, `const tf = require('@tensorflow/tfjs');\nconst model = require(${JSON.stringify(model)}).make();\nmodel.compile({optimizer: 'sgd', loss: 'meanSquaredError'});\nmodel.fit(tf.ones([8, 2]), tf.ones([8, 1]), {epochs: 1, verbose: 0});\n`);
  const [bytes, texts] = [readFileSync(model), [model, script].map((file) => readFileSync(file, 'utf8').replace('\uFEFF', ''))];
  const reader = await observe(script);
  appendFileSync(model, '// edited\n');
  rmSync(script);
  expect([...reader.sources.keys()].sort()).toEqual([model, script].sort());
  expect([model, script].map((file) => reader.sources.get(file)?.text())).toEqual(texts);
  expect(reader.sources.get(model)?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('a run folder without the new lines is read as before, and a path out of it is not followed', async () => {
  const reader = await observe(join(fixtures, 'forms/fit.js'));
  const old = join(folder, 'store/runs/20200101-000000-0000');
  cpSync(reader.dir, old, {recursive: true});
  const lines = readFileSync(join(old, 'events.jsonl'), 'utf8').split('\n').filter((line) => !/^\{"type":"(?:source|training)"/.test(line));
  writeFileSync(join(old, 'events.jsonl'), `${lines.join('\n')}${JSON.stringify({type: 'source', file: '/x.js', sha256: '00', path: '../../../../etc/passwd'})}\n`);
  const read = openRun(old);
  expect(read.parameters).toEqual(reader.parameters);
  expect(read.trainings).toEqual([]);
  expect(read.notices).toEqual(reader.notices);
  expect(read.sources.get('/x.js')?.text()).toBeNull();
});

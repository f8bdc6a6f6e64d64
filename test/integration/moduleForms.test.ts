import {build, type BuildOptions} from 'esbuild';
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun} from '../../src/runs/runReader';
import {runDir} from '../../src/runs/runStore';
import {packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

// Whatever form a script has, its steps are seen and its layers are found where they stand.

const forms = join(packageRoot, 'test/fixtures/forms');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-forms-'));
  symlinkSync(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

async function observe(script: string): Promise<RunSummary> {
  return singscopeJson<RunSummary>(['run', script, '--json', '--store', join(folder, 'store')]);
}

async function bundle(source: string, name: string, options: BuildOptions): Promise<string> {
  const outfile = join(folder, name);
  await build({entryPoints: [join(forms, source)], outfile, bundle: true, platform: 'node', logLevel: 'error', ...options});
  return outfile;
}

/** Lines of a source by the names in its `site:` marks. */
function marks(source: string): Map<string, number> {
  const found = new Map<string, number>();
  readFileSync(join(forms, source), 'utf8').split('\n').forEach((text, index) => {
    for (const name of /\/\/ site: (.*)$/.exec(text)?.[1]?.split(' ') ?? []) found.set(name, index + 1);
  });
  return found;
}

function expectSites(summary: RunSummary, source: string): void {
  const lines = marks(source);
  expect(summary.parameters.length).toBeGreaterThan(0);
  for (const {layer, site} of summary.parameters) {
    expect(site, layer).toMatchObject({file: join(forms, source), line: lines.get(layer)});
  }
}

test.each([['CommonJS', 'fit.js', 6], ['an ES module', 'loop.mjs', 6], ['an ES module that awaits at its top', 'awaiting.mjs', 6], ['TypeScript through tsx', 'typed.mts', 6], ['worker threads', 'threads.js', 20]])('%s', async (_form, source, steps) => {
  const summary = await observe(join(forms, source));
  expect(summary.status).toBe('finished');
  expect(summary.steps).toBe(steps);
  expect(summary.overheadPct).toBeGreaterThan(0);
  expectSites(summary, source);
});

test('threads that have ended before the recorder listens are recorded too', async () => {
  const late = `--require=${JSON.stringify(join(packageRoot, 'test/fixtures/scripts/slowRecorder.cjs'))}`;
  const {steps, parameters} = await singscopeJson<RunSummary>(['run', join(forms, 'threads.js'), '--json', '--store', join(folder, 'store')], {...process.env, NODE_OPTIONS: late});
  expect(steps).toBe(20);
  expect(parameters.length).toBe(2);
});

test('steps of two threads are two parameters\' own', async () => {
  const {parameters, run} = await observe(join(forms, 'threads.js'));
  expect(new Set(parameters.map(({name}) => name)).size).toBe(2);
  for (const {gradient} of parameters) expect(gradient?.norm).toBeGreaterThan(0);
  const record = openRun(runDir(join(folder, 'store'), run));
  for (const {index} of record.parameters) {
    const steps = Array.from(record.series(index).column('step'));
    const sampled = [...record.histograms(index).map(({step}) => step), ...record.updates(index).column('step')];
    expect(sampled.length).toBeGreaterThan(1);
    expect(steps).toEqual(expect.arrayContaining(sampled));
  }
});

describe('tfjs bundled into the script', () => {
  test.each([
    ['with a source map beside it', 'fit.js', {sourcemap: true}],
    ['with an inline source map, minified', 'fit.js', {sourcemap: 'inline', minify: true}],
    ['TypeScript, with a source map', 'typed.mts', {sourcemap: true, format: 'esm', outExtension: {'.js': '.mjs'}, banner: {js: 'import {createRequire as makeRequire} from "node:module"; const require = makeRequire(import.meta.url);'}}],
    ['a user-written optimizer', 'loop.mjs', {sourcemap: true}],
  ] satisfies [string, string, BuildOptions][])('%s', async (name, source, options) => {
    const extension = 'format' in options ? '.mjs' : '.cjs';
    const summary = await observe(await bundle(source, `${name.replaceAll(/\W+/g, '-')}${extension}`, {...options, outExtension: undefined}));
    expect(summary.status).toBe('finished');
    expect(summary.steps).toBe(6);
    expectSites(summary, source);
    expect(summary.backend?.package).toBeNull();
  });

  /** A project whose bundle names its sources by `rename`. */
  async function packed(name: string, rename: (source: string) => string): Promise<{source: string; file: string}> {
    const project = join(folder, name);
    mkdirSync(join(project, 'src'), {recursive: true});
    const [source, file] = [join(project, 'src', 'fit.js'), join(project, 'dist', 'fit.cjs')];
    copyFileSync(join(forms, 'fit.js'), source);
    await build({entryPoints: [source], outfile: file, bundle: true, platform: 'node', logLevel: 'error', sourcemap: true});
    const map = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as {sources: string[]};
    writeFileSync(`${file}.map`, JSON.stringify({...map, sources: map.sources.map(rename)}));
    return {source, file};
  }

  test('with the names that webpack gives to sources', async () => {
    const {source, file} = await packed('web packed', (path) => `webpack://my-app/${path.replace(/^(\.\.\/)+/, './')}`);
    const summary = await observe(file);
    expect(summary.steps).toBe(6);
    for (const {layer, site} of summary.parameters) expect(site, layer).toMatchObject({file: source, line: marks('fit.js').get(layer)});
    expect(openRun(runDir(join(folder, 'store'), summary.run)).sources.has(source)).toBe(true);
  });

  test('with names that nobody understands the line is that of the bundle', async () => {
    const {file} = await packed('odd', (path) => (path.endsWith('fit.js') ? 'file://elsewhere/fit.js' : path));
    const summary = await observe(file);
    expect(summary.steps).toBe(6);
    for (const {layer, site} of summary.parameters) expect(site?.file, layer).toBe(file);
  });

  test('without a source map the line is that of the bundle', async () => {
    const file = await bundle('fit.js', 'unmapped.cjs', {});
    const {parameters, steps} = await observe(file);
    expect(steps).toBe(6);
    const lines = readFileSync(file, 'utf8').split('\n');
    for (const {layer, site} of parameters) {
      expect(site?.file).toBe(file);
      expect(lines[(site?.line ?? 0) - 1]).toContain(layer === 'dense_Dense1' ? 'units: 4' : 'units: 1');
    }
  });

  test('SING works there too', async () => {
    const file = await bundle('loop.mjs', 'sing.cjs', {});
    const summary = await singscopeJson<RunSummary>(['run', file, '--sing', 'on', '--json', '--store', join(folder, 'store')]);
    expect(summary.sing.mode).toBe('on');
    expect(summary.backend?.kernels).toBe('js');
  });
});

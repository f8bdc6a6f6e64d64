import {copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {probePackage} from '../../src/runtime/packageProbe';
import {packageRoot} from '../support/managedRuntime';
import {flatLayout, plugAndPlayLayout, pnpmLayout} from '../support/packageLayout';
import {singscopeJson} from '../support/singscope';

// However a package manager lays tfjs down, and however many copies of it there are, steps are seen and layers found.

const forms = join(packageRoot, 'test/fixtures/forms');
let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-layouts-')); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

function project(name: string): string {
  const dir = join(folder, name);
  mkdirSync(dir, {recursive: true});
  writeFileSync(join(dir, 'package.json'), '{"private": true}');
  return dir;
}

const observe = (script: string, ...options: string[]): Promise<RunSummary> => singscopeJson<RunSummary>(['run', script, ...options, '--json', '--store', join(folder, 'store')]);

function expectSites({parameters}: RunSummary, script: string): void {
  const lines = readFileSync(script, 'utf8').split('\n');
  expect(parameters.length).toBeGreaterThan(0);
  for (const {layer, site} of parameters) {
    expect(site?.file).toBe(script);
    expect(lines[(site?.line ?? 0) - 1], layer).toContain(`site: ${layer}`);
  }
}

test.each(['fit.js', 'loop.mjs', 'awaiting.mjs'])('pnpm: %s', async (name) => {
  const dir = project('pnpm');
  pnpmLayout(dir, '@tensorflow/tfjs');
  const script = join(dir, name);
  copyFileSync(join(forms, name), script);
  const summary = await observe(script);
  expect(summary).toMatchObject({status: 'finished', steps: 6, backend: {package: '@tensorflow/tfjs', packageVersion: '4.22.0'}});
  expectSites(summary, script);
  expect(summary.notices.map(({code}) => code)).not.toContain('two-tfjs');
});

test.each(['fit.js', 'loop.mjs', 'awaiting.mjs'])('Yarn’s Plug’n’Play, without Yarn’s environment: %s', async (name) => {
  const dir = project("yarn's");
  if (!existsSync(join(dir, '.pnp.cjs'))) plugAndPlayLayout(dir, ['@tensorflow/tfjs']);
  const script = join(dir, name);
  copyFileSync(join(forms, name), script);
  const summary = await observe(script);
  expect(summary).toMatchObject({status: 'finished', steps: 6, backend: {package: '@tensorflow/tfjs', packageVersion: '4.22.0'}});
  expectSites(summary, script);
});

test('Yarn’s Plug’n’Play: doctor finds the packages of the project, and only those', async () => {
  const dir = project("yarn's");
  if (!existsSync(join(dir, '.pnp.cjs'))) plugAndPlayLayout(dir, ['@tensorflow/tfjs']);
  expect(await probePackage(process.execPath, dir, '@tensorflow/tfjs')).toMatchObject({version: '4.22.0', loads: true, error: null});
  expect(await probePackage(process.execPath, dir, '@tensorflow/tfjs-node')).toMatchObject({version: null, loads: false, error: null});
});

test.each([['pnpm', pnpmLayout], ['Plug’n’Play', (dir: string, name: string) => { plugAndPlayLayout(dir, [name]); }]] as const)('%s: the managed runtime shares the script’s tfjs, parts that it can’t see included', async (manager, lay) => {
  const dir = project(`managed ${manager}`);
  lay(dir, '@tensorflow/tfjs');
  const script = join(dir, 'saving.js');
  // Who saves to a file is registered in tfjs-core.
  writeFileSync(script, readFileSync(join(forms, 'fit.js'), 'utf8').replace(/(verbose: 0}\);)/, `$1\n  await model.save('file://${join(dir, 'saved')}');`));
  const summary = await observe(script, '--runtime', 'managed');
  expect(summary).toMatchObject({status: 'finished', steps: 6, backend: {name: 'tensorflow'}, notices: []});
  expect(existsSync(join(dir, 'saved/model.json'))).toBe(true);
});

test('two whole copies of tfjs in one process, each with a training of its own', async () => {
  const dir = project('copies');
  for (const copy of ['a', 'b']) {
    flatLayout(join(dir, copy), '@tensorflow/tfjs');
    // Copies share tfjs's engine, which knows each name once, and count their layers by themselves.
    const text = readFileSync(join(forms, 'fit.js'), 'utf8').replaceAll(/units: (\d)/g, `name: '${copy}$1', units: $1`);
    writeFileSync(join(dir, copy, 'fit.js'), text);
  }
  const script = join(dir, 'both.js');
  writeFileSync(script, "require('./a/fit.js');\nrequire('./b/fit.js');\n");
  const summary = await observe(script);
  expect(summary).toMatchObject({status: 'finished', steps: 12});
  expect(summary.notices.filter(({code}) => code === 'two-tfjs')).toHaveLength(1);
  expect(new Set(summary.parameters.map(({site}) => site?.file))).toEqual(new Set(['a', 'b'].map((copy) => join(dir, copy, 'fit.js'))));
  expect(summary.parameters.length).toBe(8);
  // A ReLU that is off for all of the batch has gradients of zero: the last layer never has.
  for (const {gradient, name} of summary.parameters) expect(gradient?.norm, name).toBeGreaterThan(/^.1\/bias/.test(name) ? 0 : -1);
});

import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import type {ManagedRuntime} from '../../src/runtime/managedRuntime';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscope, singscopeJson} from '../support/singscope';

// The script gets a TensorFlow.js that loads, and the user is told which and why.

const training = `
const w = tf.variable(tf.ones([3, 2]), true, 'w');
const optimizer = tf.train.sgd(0.1);
for (let step = 0; step < 5; step++) optimizer.minimize(() => w.square().mean());
`;
const required = (name: string): string => `const tf = require('${name}');\n${training}`;
const imported = (name: string): string => `import * as tf from '${name}';\n${training}`;

let folder = '';
let runtime: ManagedRuntime;
/** A folder that has tfjs-node-gpu without its binding, as npm leaves it here. */
let project = '';
/** A folder without any package. */
let bare = '';

beforeAll(async () => {
  runtime = await managedRuntime();
  folder = mkdtempSync(join(tmpdir(), 'singscope-ladder-'));
  project = join(folder, 'project');
  bare = join(folder, 'bare');
  for (const dir of [project, bare]) mkdirSync(dir);
  symlinkSync(join(packageRoot, 'node_modules'), join(project, 'node_modules'));
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

const withManaged = (): NodeJS.ProcessEnv => ({...process.env, SINGSCOPE_RUNTIME_DIR: join(runtime.dir, '..')});
const without = (): NodeJS.ProcessEnv => ({...process.env, SINGSCOPE_RUNTIME_DIR: join(folder, 'none')});

let count = 0;
function scriptIn(dir: string, text: string, extension = '.cjs'): string {
  const path = join(dir, `script${count++}${extension}`);
  writeFileSync(path, text);
  return path;
}

function observe(path: string, env: NodeJS.ProcessEnv, ...options: string[]): Promise<RunSummary> {
  return singscopeJson<RunSummary>(['run', path, '--json', '--store', join(folder, 'store'), ...options], env);
}

const codes = (summary: RunSummary): string[] => summary.notices.map(({code}) => code);

describe.each([['require', required, '.cjs'], ['import', imported, '.mjs']] as const)('%s', (_way, text, extension) => {
  test.each(['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'])('%s without a binding runs on the managed runtime', async (name) => {
    const summary = await observe(scriptIn(project, text(name), extension), withManaged());
    expect(summary).toMatchObject({status: 'finished', steps: 5, backend: {name: 'tensorflow', tensorflow: '2.21.0'}});
    expect(summary.notices.find(({code}) => code === 'fallback-runtime')?.message).toContain(name);
  });

  test('without a managed runtime it runs on pure JavaScript', async () => {
    const summary = await observe(scriptIn(project, text('@tensorflow/tfjs-node-gpu'), extension), without());
    expect(summary).toMatchObject({status: 'finished', steps: 5, backend: {name: 'cpu', package: '@tensorflow/tfjs', tensorflow: null}});
    const notice = summary.notices.find(({code}) => code === 'fallback-runtime')?.message;
    expect(notice).toContain('pure JavaScript');
    expect(notice).toContain('singscope runtime install');
  });

  test('a package that is not installed at all is replaced too', async () => {
    const path = scriptIn(bare, text('@tensorflow/tfjs-node-gpu'), extension);
    const managed = await observe(path, withManaged());
    expect(managed).toMatchObject({status: 'finished', steps: 5, backend: {name: 'tensorflow'}});
    const embedded = await observe(path, without());
    expect(embedded).toMatchObject({status: 'finished', steps: 5, backend: {name: 'cpu'}});
    expect(codes(embedded)).toContain('fallback-runtime');
  });

  test('plain tfjs stays pure JavaScript, and the managed runtime is offered', async () => {
    const path = scriptIn(project, text('@tensorflow/tfjs'), extension);
    const summary = await observe(path, withManaged());
    expect(summary).toMatchObject({steps: 5, backend: {name: 'cpu'}});
    expect(codes(summary)).toContain('pure-javascript');
    const asked = await observe(path, withManaged(), '--runtime', 'managed');
    expect(asked).toMatchObject({steps: 5, backend: {name: 'tensorflow', tensorflow: '2.21.0'}});
  });

  test('--runtime workspace has nothing to fall back to', async () => {
    const {code, stderr} = await singscope(['run', scriptIn(project, text('@tensorflow/tfjs-node-gpu'), extension), '--runtime', 'workspace', '--store', join(folder, 'store')], withManaged());
    expect(code).toBe(5);
    expect(stderr).toContain('--runtime workspace');
  });
});

test.each(['', '/', '/dist', '/dist/index.js'])('a package that is required by its path%s is known by its name', async (rest) => {
  const summary = await observe(scriptIn(bare, required(`${runtime.tfjsNodeDir}${rest}`)), without());
  expect(summary).toMatchObject({status: 'finished', steps: 5, notices: [{code: 'fallback-kernels'}], backend: {package: '@tensorflow/tfjs-node-gpu', tensorflow: '2.21.0'}});
  expect(summary.backend?.packageVersion).toMatch(/^4\./);
});

test('--runtime managed says what to do when there is none', async () => {
  const {code, stderr} = await singscope(['run', scriptIn(project, required('@tensorflow/tfjs-node-gpu')), '--runtime', 'managed', '--store', join(folder, 'store')], without());
  expect(code).toBe(5);
  expect(stderr).toContain('singscope runtime install');
});

test('where the native ops don\'t load the gradients are copied, and it is said', async () => {
  const root = join(folder, 'no ops');
  const dir = join(root, 'tf-2.21.0-cpu');
  mkdirSync(join(dir, 'lib'), {recursive: true});
  cpSync(join(runtime.dir, 'runtime.json'), join(dir, 'runtime.json'));
  for (const name of ['deps', 'node_modules']) symlinkSync(join(runtime.dir, name), join(dir, name));
  cpSync(runtime.bindingPath, join(dir, 'lib/tfjs_binding.node'));
  writeFileSync(join(dir, 'lib/singscope_ops.node'), 'not a library');
  const path = scriptIn(project, required('@tensorflow/tfjs-node-gpu'));
  const summary = await observe(path, {...process.env, SINGSCOPE_RUNTIME_DIR: root}, '--sing', 'on');
  expect(summary).toMatchObject({status: 'finished', steps: 5, backend: {name: 'tensorflow', kernels: 'device'}});
  expect(codes(summary)).toContain('fallback-kernels');
  expect(summary.parameters[0]?.gradient?.norm).toBeGreaterThan(0);
});

test('two copies of tfjs are said', async () => {
  const copy = join(project, 'vendor/@tensorflow/tfjs-core');
  cpSync(join(packageRoot, 'node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js'), join(copy, 'index.js'));
  const path = scriptIn(project, `require('./vendor/@tensorflow/tfjs-core');\n${required('@tensorflow/tfjs')}`);
  const summary = await observe(path, without());
  expect(summary).toMatchObject({status: 'finished', steps: 5});
  expect(codes(summary).filter((code) => code === 'two-tfjs')).toHaveLength(1);
});

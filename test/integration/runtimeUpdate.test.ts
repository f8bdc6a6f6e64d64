import {createRequire} from 'node:module';
import {cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import type * as Tfjs from '@tensorflow/tfjs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {MOMENT_COLUMNS, moment} from '../../src/protocol/moments';
import {compileOps, findCompiler} from '../../src/runtime/compilation';
import type {ManagedRuntime} from '../../src/runtime/managedRuntime';
import type {NativeOps, NativeStep} from '../../src/sing/nativeOps';
import type {StepSettings} from '../../src/sing/stepKernels';
import {type TfjsBinding, loadNativeOps} from '../../src/worker/nativeOps';
import {restoreUtil} from '../../src/worker/nodeCompat';
import {managedRuntime, packageRoot} from '../support/managedRuntime';

type Tf = typeof Tfjs;
interface NodeBackend {
  binding: TfjsBinding & {getNumOfTensors(): number};
  getInputTensorIds(tensors: unknown[]): number[];
}

let runtime: ManagedRuntime;
let tf: Tf;
let backend: NodeBackend;
let ops: NativeOps;
let folder = '';

beforeAll(async () => {
  runtime = await managedRuntime();
  restoreUtil();
  tf = createRequire(import.meta.url)(runtime.tfjsNodeDir) as Tf;
  backend = tf.backend() as unknown as NodeBackend;
  const loaded = loadNativeOps(runtime.opsPath ?? '', backend.binding);
  if ('error' in loaded) throw new Error(loaded.error);
  ops = loaded;
  folder = mkdtempSync(join(tmpdir(), 'singscope-update-'));
}, 900_000);
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

const adam: StepSettings = {
  transform: null, merge: null, skipNonFinite: false, wants: 'all',
  rule: {rule: 'adam', learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, softplus: 0, weightDecay: 0},
};
const shapes = [[], [7], [5, 3], [3, 2, 4], [3, 3, 2, 5], [2, 2, 2, 2, 3], [0, 4]];

function valuesOf(id: number): number[] {
  return Array.from(backend.binding.tensorDataSync(id) as Float32Array);
}

/** A step of Adam over tensors of those shapes, its arrays, and what gives all of it back. */
function adamStep(tensors: readonly Tfjs.Tensor[], gradients: readonly Tfjs.Tensor[], settings = adam): NativeStep {
  const weights = backend.getInputTensorIds([...tensors]);
  return {
    gradients: backend.getInputTensorIds([...gradients]), weights,
    state: weights.flatMap((id) => [ops.state(id, 'zeros').id, ops.state(id, 'zeros').id]), slow: null,
    transforms: weights.map(() => true), axes: weights.map(() => 0), decays: weights.map(() => true),
    corrections: weights.map(() => [0.1, 0.001]), settings,
  };
}

function release(step: NativeStep): void {
  for (const id of [...step.state, ...step.slow ?? []]) ops.release(id);
}

describe('the fused update on the unmodified tfjs binding', () => {
  it('makes the steps that tf.train.adam makes, in new weights and in its own state', () => {
    const initial = shapes.map((shape) => tf.randomNormal(shape, 0, 1, 'float32', 3));
    const stock = initial.map((tensor) => tf.variable(tensor));
    const optimizer = tf.train.adam(0.01);
    const step = adamStep(initial, initial);
    let weights = [...step.weights];
    const made: number[] = [];
    for (let t = 1; t <= 5; t++) {
      const gradients = shapes.map((shape) => tf.randomNormal(shape, 0.1, 1, 'float32', 100 + t));
      optimizer.applyGradients(stock.map(({name}, i) => ({name, tensor: gradients[i] as Tfjs.Tensor})));
      const {weights: updated, skipped, moments} = ops.update({
        ...step, weights, gradients: backend.getInputTensorIds(gradients), corrections: shapes.map(() => [1 - 0.9 ** t, 1 - 0.999 ** t]),
      });
      expect(skipped).toBe(false);
      expect(updated.map(({shape}) => shape)).toEqual(shapes);
      updated.forEach(({id}, i) => {
        const expected = Array.from((stock[i] as Tfjs.Variable).dataSync());
        valuesOf(id).forEach((value, at) => { expect(value).toBeCloseTo(expected[at] as number, 5); });
        const values = (gradients[i] as Tfjs.Tensor).size;
        expect([moments?.gradients[i * MOMENT_COLUMNS], moments?.others?.updates[i * MOMENT_COLUMNS]]).toEqual([values, values]);
      });
      weights = updated.map(({id}) => id);
      made.push(...weights);
      tf.dispose(gradients);
    }
    for (const id of made) backend.binding.deleteTensor(id);
    release(step);
    tf.dispose([initial, stock]);
    optimizer.dispose();
  });

  it('leaves the old weights and every copy as they were, and merges with the slow ones in place', () => {
    const weight = tf.tensor1d([1, 2, 3]);
    const gradient = tf.tensor1d([1, 1, 1]);
    const [weightId, gradientId] = backend.getInputTensorIds([weight, gradient]) as [number, number];
    const slow = ops.state(weightId, 'copy');
    const copy = ops.state(slow.id, 'copy');
    const step: NativeStep = {
      ...adamStep([], []), gradients: [gradientId], weights: [weightId], state: [], slow: [slow.id], transforms: [false], axes: [0], decays: [false], corrections: [[1, 1]],
      settings: {...adam, merge: 0.25, rule: {rule: 'sgd', learningRate: 1}},
    };
    const {weights, moments} = ops.update(step);
    const updated = weights[0]!;
    expect(valuesOf(updated.id)).toEqual([0.75, 1.75, 2.75]);
    expect(valuesOf(slow.id)).toEqual([0.75, 1.75, 2.75]);
    expect([Array.from(weight.dataSync()), valuesOf(copy.id)]).toEqual([[1, 2, 3], [1, 2, 3]]);
    expect(moments?.others?.updates[moment.mean]).toBe(-0.25);
    for (const {id} of [updated, slow, copy]) backend.binding.deleteTensor(id);
    tf.dispose([weight, gradient]);
  });

  it('changes nothing where it skips, and says so', () => {
    const weight = tf.tensor2d([[1, 2], [3, 4]]);
    const good = tf.ones([2, 2]);
    const bad = tf.tensor2d([[1, NaN], [0, 0]]);
    const step = adamStep([weight, weight], [good, bad], {...adam, skipNonFinite: true});
    const {weights, skipped, norms, moments} = ops.update(step);
    expect([weights, skipped, Array.from(norms)]).toEqual([[], true, [NaN, NaN]]);
    expect(moments?.gradients[MOMENT_COLUMNS + moment.nan]).toBe(1);
    for (const id of step.state) expect(valuesOf(id)).toEqual([0, 0, 0, 0]);
    release(step);
    tf.dispose([weight, good, bad]);
  });

  it('refuses what does not fit before anything is written, and keeps no tensor', () => {
    const small = tf.ones([2, 2]);
    const large = tf.ones([3, 3]);
    const whole = tf.ones([2, 2], 'int32');
    const step = adamStep([small, large], [small, large]);
    const ids = backend.getInputTensorIds([small, whole]) as [number, number];
    const before = [backend.binding.getNumOfTensors(), tf.memory().numTensors];
    expect(() => ops.update({...step, gradients: [ids[0], ids[0]]})).toThrow(/parameter 1 differ in size/);
    expect(() => ops.update({...step, weights: [ids[0], ids[0]]})).toThrow(/parameter 1 differ in size/);
    expect(() => ops.update({...step, state: [...step.state].reverse()})).toThrow(/differ in size/);
    expect(() => ops.update({...step, state: step.state.slice(1)})).toThrow(/do not fit/);
    expect(() => ops.update({...step, gradients: [ids[0], ids[1]]})).toThrow(/float/);
    expect(() => ops.update({...step, axes: [0, 2], settings: {...adam, transform: {centralize: true, normalize: true, epsilon: 0}}})).toThrow(/axes 2 does not fit parameter 1/);
    expect([backend.binding.getNumOfTensors(), tf.memory().numTensors]).toEqual(before);
    for (const id of step.state) expect(valuesOf(id).every((value) => value === 0)).toBe(true);
    release(step);
    tf.dispose([small, large, whole]);
  });

  it('steps in a worker thread too', async () => {
    const script = `
      const {parentPort, workerData: {tfjsNode, ops}} = require('worker_threads');
      const util = require('util'); util.isNullOrUndefined ??= (value) => value == null; util.isArray ??= Array.isArray;
      const {binding} = require(tfjsNode).backend();
      require(ops);
      const one = binding.createTensor([2], binding.TF_FLOAT, Float32Array.of(3, 4));
      const step = Float64Array.of(0, 0, 1, 0, 0, 0, 0, 0, NaN, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
      const numbers = binding.createTensor([step.length, 2], binding.TF_INT32, new Int32Array(step.buffer));
      const [updated] = binding.executeOp('SingscopeUpdate', ['N', 'M'].map((name, i) => ({name, type: binding.TF_ATTR_INT, value: 1 - i})), [one, one, numbers], 2);
      parentPort.postMessage([...binding.tensorDataSync(updated.id)]);`;
    const worker = new Worker(script, {eval: true, workerData: {tfjsNode: runtime.tfjsNodeDir, ops: runtime.opsPath}});
    const answer = await new Promise((resolve, reject) => { worker.once('message', resolve).once('error', reject); });
    await worker.terminate();
    expect(answer).toEqual([0, 0]);
  });
});

it('does not use the ops of a runtime that was installed before they were called as they are now', async () => {
  const compiler = await findCompiler();
  const source = join(folder, 'package');
  const old = join(folder, 'runtime');
  for (const part of ['native', 'dist/include']) cpSync(join(packageRoot, part), join(source, part), {recursive: true});
  // Registers nothing: in this process the names of the ops are taken.
  writeFileSync(join(source, 'native', 'init.cc'), `#include <node_api.h>
NAPI_MODULE_INIT() { napi_value yes; napi_get_boolean(env, true, &yes); napi_set_named_property(env, exports, "registered", yes); return exports; }\n`);
  mkdirSync(old);
  symlinkSync(join(runtime.dir, 'deps'), join(old, 'deps'));
  if (compiler === null) throw new Error('no compiler answers');
  await compileOps(compiler, old, source);
  expect(loadNativeOps(join(old, 'lib', 'singscope_ops.node'), backend.binding)).toEqual({error: expect.stringContaining('singscope runtime install') as string});
});

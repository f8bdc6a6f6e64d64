import {createRequire} from 'node:module';
import * as tf from '@tensorflow/tfjs';
import {afterAll, beforeAll, describe, expect, it, vi} from 'vitest';
import {sing, SingOptimizer} from '../../src/sing/index';
import {kernelsFor} from '../../src/sing/kernels/kernelChoice';
import {NATIVE_OPS, type NativeOps, type NativeOpsSource} from '../../src/sing/nativeOps';
import {loadNativeOps, type TfjsBinding} from '../../src/worker/nativeOps';
import {restoreUtil} from '../../src/worker/nodeCompat';
import {managedRuntime} from '../support/managedRuntime';
import {perceptron, valuesOf, worst} from '../unit/sing/networks';
import {describeOptimizers} from '../unit/sing/optimizerBehaviour';

const hooks = globalThis as {[NATIVE_OPS]?: NativeOpsSource};
let ops: NativeOps;

beforeAll(async () => {
  const runtime = await managedRuntime();
  restoreUtil();
  createRequire(import.meta.url)(runtime.tfjsNodeDir);
  const loaded = loadNativeOps(runtime.opsPath ?? '', (tf.backend() as unknown as {binding: TfjsBinding}).binding);
  if ('error' in loaded) throw new Error(loaded.error);
  ops = loaded;
}, 900_000);

describe.each(['fused', 'device'] as const)('on the managed TensorFlow by %s kernels', (name) => {
  beforeAll(() => {
    if (name === 'fused') hooks[NATIVE_OPS] = () => ops;
  });
  afterAll(() => { delete hooks[NATIVE_OPS]; });

  it('those are chosen', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    expect(kernelsFor(tf).name).toBe(name);
  });

  describeOptimizers();

  it('memory follows when the backend changes in mid-run', async () => {
    for (const make of [() => sing(tf.train.adam(0.01)), () => new SingOptimizer({learningRate: 0.01})]) {
      const [ours, straight] = [perceptron(), perceptron()];
      const [optimizer, plain] = [make(), make()];
      for (let step = 0; step < 12; step++) plain.minimize(straight.loss, false, straight.variables);
      for (let step = 0; step < 12; step++) {
        if (step === 4) await tf.setBackend('cpu');
        if (step === 8) await tf.setBackend('tensorflow');
        expect(kernelsFor(tf).name).toBe(step >= 4 && step < 8 ? 'js' : name);
        optimizer.minimize(ours.loss, false, ours.variables);
      }
      expect(worst(valuesOf(ours.variables), valuesOf(straight.variables))).toBeLessThan(2e-5);
      tf.dispose([ours.variables, straight.variables]);
    }
  });
});

it('a fused call that fails falls back for good, says so once, and loses nothing', () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  let calls = 0;
  // The real ops, until a step on which TensorFlow refuses.
  hooks[NATIVE_OPS] = () => new Proxy(ops, {
    get: (target, key) => {
      if (key !== 'update') return (target[key as keyof NativeOps] as (...args: unknown[]) => unknown).bind(target);
      return (step: Parameters<NativeOps['update']>[0]) => (++calls > 3 ? target.update({...step, gradients: []}) : target.update(step));
    },
  });
  const [ours, theirs] = [perceptron(), perceptron()];
  const [optimizer, plain] = [sing(tf.train.adam(0.01), {centralize: false, normalize: false}), tf.train.adam(0.01)];
  for (let step = 0; step < 10; step++) {
    optimizer.minimize(ours.loss, false, ours.variables);
    plain.minimize(theirs.loss, false, theirs.variables);
  }
  expect(calls).toBe(4);
  expect(worst(valuesOf(ours.variables), valuesOf(theirs.variables))).toBeLessThan(2e-5);
  expect(warned.mock.calls.flat().filter((message) => String(message).includes('the fused kernels failed'))).toHaveLength(1);
  delete hooks[NATIVE_OPS];
  vi.restoreAllMocks();
});

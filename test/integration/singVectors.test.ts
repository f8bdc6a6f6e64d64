import {createRequire} from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import {afterEach, beforeAll, beforeEach, describe, expect, it, vi} from 'vitest';
import {giveUpKernels, kernelsFor} from '../../src/sing/kernels/kernelChoice';
import {singTransform} from '../../src/sing/index';
import {NATIVE_OPS, type NativeOps, type NativeOpsSource} from '../../src/sing/nativeOps';
import {loadNativeOps, type TfjsBinding} from '../../src/worker/nativeOps';
import {restoreUtil} from '../../src/worker/nodeCompat';
import {managedRuntime} from '../support/managedRuntime';
import {runCase} from '../unit/sing/optimizerCases';
import {deviation, kindOfParam, toTfjs, vectors} from '../unit/sing/vectors';

const hooks = globalThis as {[NATIVE_OPS]?: NativeOpsSource};
const cases = vectors.cases.filter(({informational}) => !informational);
const transformCases = vectors.transform_cases.filter(({informational}) => !informational);
let ops: NativeOps;

beforeAll(async () => {
  const runtime = await managedRuntime();
  restoreUtil();
  createRequire(import.meta.url)(runtime.tfjsNodeDir);
  const loaded = loadNativeOps(runtime.opsPath ?? '', (tf.backend() as unknown as {binding: TfjsBinding}).binding);
  if ('error' in loaded) throw new Error(loaded.error);
  ops = loaded;
}, 900_000);

afterEach(() => {
  delete hooks[NATIVE_OPS];
  vi.restoreAllMocks();
});

describe.each(['fused', 'device', 'tfjs'] as const)('on the managed TensorFlow by %s kernels', (name) => {
  beforeEach(() => {
    // Last, since kernels that failed are never asked again.
    if (name === 'tfjs' && kernelsFor(tf).name === 'device') giveUpKernels(tf, kernelsFor(tf), new Error('to see those that come after'));
    if (name === 'fused') hooks[NATIVE_OPS] = () => ops;
    expect(tf.getBackend()).toBe('tensorflow');
    expect(kernelsFor(tf).name).toBe(name);
  });

  it('all optimizer vectors that gate hold', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const results = cases.map((entry) => ({id: entry.id, off: runCase(entry, 'array')}));
    expect(results.filter(({off}) => !(off <= 1))).toEqual([]);
    expect(results.length).toBe(105);
    expect(warned.mock.calls.flat().filter((message) => String(message).includes('kernels failed'))).toEqual([]);
    expect(kernelsFor(tf).name).toBe(name);
  });

  it('all transform vectors that gate hold', () => {
    const failed = transformCases.flatMap(({id, param, flags, grad, expected_grad}) => {
      const gradient = toTfjs(param, grad);
      const result = singTransform(gradient, {kind: kindOfParam(param), centralize: flags.grad_central && 'always', normalize: flags.grad_norm, epsilon: flags.eps});
      const off = deviation(result.dataSync(), toTfjs(param, expected_grad).dataSync(), (want) => 2e-6 * Math.max(1, Math.abs(want)));
      tf.dispose([gradient, result]);
      return off <= 1 ? [] : [`${id}: ${off} tolerances off`];
    });
    expect(failed).toEqual([]);
    expect(transformCases.length).toBe(121);
  });
});

import {createRequire} from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import {beforeAll, describe, expect, test} from 'vitest';
import {defaultSingSettings, type SingSettings} from '../../src/protocol/sing';
import {ControlWord} from '../../src/worker/controlWord';
import type {NativeOps} from '../../src/sing/nativeOps';
import {loadNativeOps, type TfjsBinding} from '../../src/worker/nativeOps';
import {restoreUtil} from '../../src/worker/nodeCompat';
import {SingControl} from '../../src/worker/singControl';
import {SingStage} from '../../src/worker/singStage';
import type {StepGradient} from '../../src/worker/stepGradient';
import type {TfEngine} from '../../src/worker/tfjsTypes';
import {managedRuntime} from '../support/managedRuntime';
import {deviation, kindOfParam, toTfjs, vectors, type TransformCase} from '../unit/sing/vectors';

// The worker's own SING, on the real TensorFlow through the native op and by one pass of JavaScript,
// against the authors' numbers. The worker's epsilon is theirs, 1e-8: cases with another are the library's.

const cases = vectors.transform_cases.filter(({informational, flags}) => !informational && flags.eps === 1e-8);
const engine = tf.engine() as unknown as TfEngine;
let ops: NativeOps;

beforeAll(async () => {
  const runtime = await managedRuntime();
  restoreUtil();
  createRequire(import.meta.url)(runtime.tfjsNodeDir);
  const loaded = loadNativeOps(runtime.opsPath ?? '', engine.backend.binding as TfjsBinding);
  if ('error' in loaded) throw new Error(loaded.error);
  ops = loaded;
});

function settingsOf({flags}: TransformCase): SingSettings {
  return {...defaultSingSettings, mode: 'on', centralize: flags.grad_central && 'always', normalize: flags.grad_norm && 'norm'};
}

function gradientOf({param, grad}: TransformCase): StepGradient {
  const tensor = toTfjs(param, grad);
  const parameter = {index: 0, name: param.name, layer: param.name, layerClass: null, shape: tensor.shape, kind: kindOfParam(param), site: null};
  return {name: param.name, tensor, variable: tensor, parameter} as unknown as StepGradient;
}

function stageWith(native: NativeOps | null): SingStage {
  return new SingStage({engine, ops: native, sing: new SingControl(new ControlWord(), () => undefined)});
}

describe.each(['the native op', 'JavaScript'])('by %s', (way) => {
  const native = (): NativeOps | null => (way === 'JavaScript' ? null : ops);

  test('the vectors hold, and so do the norms', () => {
    expect(tf.getBackend()).toBe('tensorflow');
    const failed: string[] = [];
    for (const entry of cases) {
      const gradient = gradientOf(entry);
      const given = {[gradient.name]: gradient.tensor};
      const transformed = stageWith(native()).transform([gradient], given, settingsOf(entry));
      const got = (transformed.gradients as typeof given)[gradient.name]?.dataSync() ?? [];
      const want = toTfjs(entry.param, entry.expected_grad).dataSync();
      const off = deviation(got, want, (value) => 2e-6 * Math.max(1, Math.abs(value)));
      if (!(off <= 1)) failed.push(`${entry.id}: ${off} tolerances off`);
      const norm = Math.hypot(...Array.from(want));
      const told = transformed.norms[0] ?? NaN;
      if (!(Math.abs(told - norm) <= 1e-5 * norm + 1e-6) && !(Number.isNaN(told) && Number.isNaN(norm))) failed.push(`${entry.id}: norm ${told}, not ${norm}`);
      transformed.dispose();
    }
    expect(failed).toEqual([]);
    expect(cases.length).toBeGreaterThan(100);
  });

  test('all gradients of a step at once, in the form they came, without a leak', () => {
    const chosen = cases.filter(({flags}) => flags.grad_central && flags.grad_norm).slice(0, 20);
    const gradients = chosen.map((entry, index) => ({...gradientOf(entry), name: `p${index}`}));
    const before = tf.memory().numTensors;
    const transformed = stageWith(native()).transform(gradients, gradients.map(({name, tensor}) => ({name, tensor})), {...defaultSingSettings, mode: 'on', centralize: 'always'});
    const list = transformed.gradients as {name: string; tensor: tf.Tensor}[];
    expect(list.map(({name}) => name)).toEqual(gradients.map(({name}) => name));
    expect(tf.memory().numTensors).toBe(before + gradients.length);
    list.forEach(({tensor}, index) => {
      const entry = chosen[index] as TransformCase;
      const want = toTfjs(entry.param, entry.expected_grad).dataSync();
      expect(deviation(tensor.dataSync(), want, (value) => 2e-6 * Math.max(1, Math.abs(value))), entry.id).toBeLessThanOrEqual(1);
    });
    transformed.dispose();
    expect(list.every(({tensor}) => tensor.isDisposed)).toBe(true);
  });

  test('what is excluded by name or layer stays as it is', () => {
    const [entry] = cases.filter(({flags, param}) => flags.grad_norm && param.tfjs_shape.length === 2);
    const gradient = gradientOf(entry as TransformCase);
    const given = {[gradient.name]: gradient.tensor};
    const transformed = stageWith(native()).transform([gradient], given, {...defaultSingSettings, mode: 'on', exclude: [`${gradient.parameter.layer.slice(0, 2)}*`]});
    expect((transformed.gradients as typeof given)[gradient.name]).toBe(gradient.tensor);
    transformed.dispose();
    expect(gradient.tensor.isDisposed).toBe(false);
  });

  test.each(['norm', 'std'] as const)('a gradient whose squares float32 does not hold keeps its direction, by %s', (normalize) => {
    for (const size of [1e20, 1e-25]) {
      const tensor = tf.tensor2d([[3 * size, -4 * size], [-3 * size, 4 * size]]);
      const parameter = {index: 0, name: 'w', layer: 'w', layerClass: null, shape: [2, 2], kind: 'dense' as const, site: null};
      const gradient = {name: 'w', tensor, variable: tensor, parameter} as unknown as StepGradient;
      const transformed = stageWith(native()).transform([gradient], {w: tensor as never}, {...defaultSingSettings, mode: 'on', normalize, centralize: true});
      const values = [...(transformed.gradients as unknown as {w: tf.Tensor}).w.dataSync()];
      // 1e-8 is added to the norm, so that a gradient far below it stays small.
      const wanted = [3, -4, -3, 4].map((value) => (value * size) / (Math.sqrt(50) * size / (normalize === 'std' ? 2 : 1) + 1e-8));
      values.forEach((value, at) => { expect(Math.abs(value - (wanted[at] ?? NaN))).toBeLessThanOrEqual(1e-5 * Math.abs(wanted[at] ?? NaN)); });
      transformed.dispose();
    }
  });

  test('a kernel with one element per mean is only normalized', () => {
    const tensor = tf.tensor2d([[3, 4]]);
    const parameter = {index: 0, name: 'w', layer: 'w', layerClass: null, shape: [1, 2], kind: 'dense' as const, site: null};
    const gradient = {name: 'w', tensor, variable: tensor, parameter} as unknown as StepGradient;
    const transformed = stageWith(native()).transform([gradient], {w: gradient.tensor}, {...defaultSingSettings, mode: 'on'});
    const [a, b] = (transformed.gradients as {w: tf.Tensor}).w.dataSync();
    expect(a).toBeCloseTo(0.6, 6);
    expect(b).toBeCloseTo(0.8, 6);
    transformed.dispose();
  });
});

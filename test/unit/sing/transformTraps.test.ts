import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {describe, expect, it} from 'vitest';
import {singTransform} from '../../../src/sing/index';
import {centralizedAxes, type ParameterKind} from '../../../src/sing/kind';
import type {TransformSettings} from '../../../src/sing/options';
import {makeOpsTransform} from '../../../src/sing/kernels/opsTransform';
import {transformArray} from '../../../src/sing/transformArray';

type Transform = (values: ArrayLike<number>, shape: number[], kind: ParameterKind, settings?: Partial<TransformSettings>) => number[];

const implementations: [string, Transform][] = [
  ['transformArray', (values, shape, kind, settings) => [...transformArray(Float32Array.from(values), shape, kind, {centralize: true, normalize: true, epsilon: 1e-8, ...settings}).values]],
  [
    'in TensorFlow.js ops',
    (values, shape, kind, settings) =>
      tf.tidy(() => [...makeOpsTransform(tf)(tf.tensor(Float32Array.from(values), shape), kind, {centralize: true, normalize: true, epsilon: 1e-8, ...settings}).dataSync()]),
  ],
  [
    'singTransform',
    (values, shape, kind, settings) => tf.tidy(() => [...singTransform(tf.tensor(Float32Array.from(values), shape), {kind, ...settings}).dataSync()]),
  ],
];

/** The definition itself, in float64, by index arithmetic that shares nothing with the code under test. */
function reference(values: ArrayLike<number>, shape: number[], kind: ParameterKind, normalize: 'norm' | 'std' | false, epsilon = 1e-8): number[] {
  const axes = centralizedAxes(kind, shape);
  const keyOf = (flat: number): string => {
    const index: number[] = [];
    for (let axis = shape.length - 1, rest = flat; axis >= 0; rest = Math.floor(rest / shape[axis]!), axis--) index[axis] = rest % shape[axis]!;
    return index.map((at, axis) => (axes.includes(axis) ? '-' : at)).join();
  };
  const sums = new Map<string, {sum: number; count: number}>();
  const g = Array.from(values, Math.fround);
  if (axes.length > 0) {
    g.forEach((value, flat) => {
      const present = sums.get(keyOf(flat)) ?? {sum: 0, count: 0};
      sums.set(keyOf(flat), {sum: present.sum + value, count: present.count + 1});
    });
  }
  const centered = g.map((value, flat) => {
    const mean = sums.get(keyOf(flat));
    return mean === undefined ? value : value - mean.sum / mean.count;
  });
  const norm = Math.sqrt(centered.reduce((sum, value) => sum + value * value, 0));
  const divisor = normalize === false ? 1 : (normalize === 'std' ? norm / Math.sqrt(g.length) : norm) + epsilon;
  return centered.map((value) => value / divisor);
}

/** A fixed sequence in [−1, 1): no test depends on chance. */
function numbers(count: number, seed = 1): number[] {
  let state = seed;
  return Array.from({length: count}, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const l2 = (values: number[]): number => Math.hypot(...values);

describe.each(implementations)('%s', (_name, transform) => {
  it.each([
    ['dense', [37, 11]],
    ['dense', [5, 1]],
    ['conv1d', [3, 5, 7]],
    ['conv2d', [3, 3, 5, 7]],
    ['conv2d_transpose', [3, 2, 5, 7]],
    ['conv3d', [2, 3, 2, 5, 6]],
    ['depthwise', [3, 3, 5, 2]],
    ['depthwise', [3, 5, 2]],
    ['embedding', [13, 9]],
    ['vector', [23]],
    ['vector', []],
    ['vector', [4, 5]],
  ] as [ParameterKind, number[]][])('is the definition in float64: %s %j', (kind, shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = numbers(size).map((value) => value * 3 + 0.4);
    for (const normalize of ['norm', 'std', false] as const) {
      const got = transform(values, shape, kind, {normalize});
      const want = reference(values, shape, kind, normalize);
      got.forEach((value, index) => expect(Math.abs(value - want[index]!)).toBeLessThan(3e-6 * Math.max(1, Math.abs(want[index]!))));
      expect(got.length).toBe(size);
    }
  });

  it("'std' gives standard deviation 1, and 'norm' times the root of the size is the same", () => {
    const values = numbers(600, 7);
    const std = transform(values, [30, 20], 'dense', {normalize: 'std'});
    expect(l2(std) / Math.sqrt(600)).toBeCloseTo(1, 5);
    const norm = transform(values, [30, 20], 'dense', {normalize: 'norm'});
    std.forEach((value, index) => expect(value).toBeCloseTo(norm[index]! * Math.sqrt(600), 4));
  });

  it.each([1e-30, 1e-10, 1e12, 1e18, 1e25, 1e30, 1e37])('keeps its direction at elements of %d', (size) => {
    const values = numbers(60, 3);
    const unit = transform(values, [12, 5], 'dense', {epsilon: 0});
    const got = transform(values.map((value) => value * size), [12, 5], 'dense', {epsilon: 0});
    expect(l2(got)).toBeCloseTo(1, 5);
    got.forEach((value, index) => expect(value).toBeCloseTo(unit[index]!, 5));
  });

  it('leaves a kernel with one input alone, unless always', () => {
    expect(transform([3, 4], [1, 2], 'dense', {})).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
    expect(transform([3, 4], [1, 2], 'dense', {centralize: 'always'}).map(Math.abs)).toEqual([0, 0]);
    expect(transform([1e30, 2e30], [1, 2], 'dense', {centralize: 'always'}).map(Math.abs)).toEqual([0, 0]);
    expect(transform([3, 4], [2, 1], 'embedding', {})).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
  });

  it.each([0, 1e-8])('leaves zero at zero with epsilon %d', (epsilon) => {
    for (const normalize of ['norm', 'std', false] as const) {
      expect(transform(new Array(12).fill(0), [3, 4], 'dense', {normalize, epsilon}).every((value) => value === 0)).toBe(true);
      expect(transform([0, 0], [2], 'vector', {normalize, epsilon}).every((value) => value === 0)).toBe(true);
    }
  });

  it('makes all of a parameter NaN where one element is', () => {
    for (const [shape, kind] of [[[3, 4], 'dense'], [[3, 4], 'embedding'], [[12], 'vector']] as [number[], ParameterKind][]) {
      const values = numbers(12);
      values[5] = NaN;
      expect(transform(values, shape, kind).every(Number.isNaN)).toBe(true);
    }
  });

  it('keeps what is left where centralizing cancels nearly everything', () => {
    const values = numbers(4000, 11).map((value) => Math.fround(1e4 + value * 1e-2));
    const got = transform(values, [1000, 4], 'dense');
    // float32 sums over 1,000 rows can't tell much of it in plain tfjs; the norm and the means must hold all the same.
    expect(l2(got)).toBeCloseTo(1, 3);
  });

  it('copies where nothing is to be done', () => {
    expect(transform([3, 4], [2], 'vector', {normalize: false})).toEqual([3, 4]);
    expect(transform([3, 4], [1, 2], 'dense', {normalize: false})).toEqual([3, 4]);
  });

  it('takes an empty gradient', () => {
    expect(transform([], [0, 4], 'dense')).toEqual([]);
    expect(transform([], [4, 0], 'dense', {centralize: 'always'})).toEqual([]);
    expect(transform([], [0], 'vector')).toEqual([]);
  });
});

describe('transformArray', () => {
  it('says the norm after, and does not touch its input', () => {
    const values = Float32Array.from(numbers(60));
    const before = values.slice();
    for (const normalize of ['norm', 'std', false] as const) {
      const {norm, values: after} = transformArray(values, [12, 5], 'dense', {centralize: true, normalize, epsilon: 1e-8});
      expect(norm).toBeCloseTo(l2([...after]), 5);
    }
    expect(values).toEqual(before);
  });

  it('is exact where centralizing cancels nearly everything', () => {
    const values = numbers(4000, 11).map((value) => Math.fround(1e4 + value * 1e-2));
    const got = transformArray(Float32Array.from(values), [1000, 4], 'dense', {centralize: true, normalize: true, epsilon: 1e-8}).values;
    reference(values, [1000, 4], 'dense', 'norm').forEach((value, index) => expect(Math.abs(got[index]! - value)).toBeLessThan(1e-7));
  });
});

describe('singTransform', () => {
  it('takes the kind from the shape, and leaves tensors as many as it made', () => {
    const gradient = tf.tensor2d(numbers(12), [3, 4]);
    const before = tf.memory().numTensors;
    const implied = singTransform(gradient);
    expect(tf.memory().numTensors).toBe(before + 1);
    const named = singTransform(gradient, {kind: 'dense'});
    expect([...implied.dataSync()]).toEqual([...named.dataSync()]);
    tf.dispose([implied, named]);
    makeOpsTransform(tf)(gradient, 'dense', {centralize: true, normalize: true, epsilon: 1e-8}).dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(gradient.isDisposed).toBe(false);
  });

  it('refuses what is no gradient, no kind, or of another rank', () => {
    const gradient = tf.tensor2d([1, 2], [1, 2]);
    expect(() => singTransform([1, 2] as unknown as tf.Tensor)).toThrow(/^gradient: it must be a tensor/);
    expect(() => singTransform(gradient, {kind: 'linear' as ParameterKind})).toThrow(/^kind: 'linear' is out of range; it must be one of 'dense', 'conv1d'/);
    expect(() => singTransform(gradient, {kind: 'depthwise'})).toThrow("kind: 'depthwise' is for rank 3 or 4, but the shape is [1, 2]; its shape alone says 'dense'");
    expect(() => singTransform(gradient, {epsilon: -1})).toThrow('epsilon: -1 is out of range; it must be a finite number, at least 0');
  });
});

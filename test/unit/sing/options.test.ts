import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import {describe, expect, it} from 'vitest';
import {matchesAny, sing, SingOptimizer} from '../../../src/sing/index';

describe('options out of range', () => {
  it.each([
    ['learningRate', -0.1, 'a finite number, at least 0'],
    ['learningRate', NaN, 'a finite number, at least 0'],
    ['learningRate', '0.1', 'a finite number, at least 0'],
    ['beta1', 1, 'a number from 0 to below 1'],
    ['beta2', -0.5, 'a number from 0 to below 1'],
    ['weightDecay', Infinity, 'a finite number, at least 0'],
    ['decayAll', 1, 'true or false'],
    ['epsilon', -1e-8, 'a finite number, at least 0'],
    ['centralize', 'never', "true, 'always' or false"],
    ['normalize', 'l2', "true, 'norm', 'std' or false"],
    ['softplus', {beta: 0}, 'true, false or {beta} with a finite beta above 0'],
    ['softplus', 50, 'true, false or {beta} with a finite beta above 0'],
    ['lookahead', true, 'false or {steps, alpha} with a whole number of steps, at least 1, and alpha from 0 to 1'],
    ['lookahead', {steps: 2.5, alpha: 0.5}, 'false or {steps, alpha}'],
    ['lookahead', {steps: 0, alpha: 0.5}, 'false or {steps, alpha}'],
    ['lookahead', {steps: 5, alpha: 1.1}, 'false or {steps, alpha}'],
    ['kinds', {w: 'linear'}, '{variable name: kind} with a kind out of'],
  ] as [string, unknown, string][])('%s: %j, at construction and in mid-run', (name, value, range) => {
    const wanted = typeof value === 'number' ? String(value) : typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
    const attempts = [
      () => new SingOptimizer({[name]: value}),
      () => Object.assign(new SingOptimizer(), {[name]: value}),
    ];
    for (const attempt of attempts) {
      expect(attempt).toThrow(`${name}: ${wanted} is out of range; it must be ${range}`);
    }
  });

  it('are refused by sing() too', () => {
    const inner = tf.train.sgd(0.1);
    expect(() => sing(inner, {exclude: 'bias' as unknown as string[]})).toThrow("exclude: 'bias' is out of range; it must be a list of names or globs");
    expect(() => sing(inner, {centralise: true} as object)).toThrow('centralise: no such option; the options are centralize, normalize, epsilon, exclude, kinds');
    expect(() => sing('adam' as unknown as tf.Optimizer)).toThrow('optimizer: adam is no optimizer; pass one, such as tf.train.adam(0.001)');
    expect(() => new SingOptimizer(0.001 as unknown as object)).toThrow('options: 0.001 is out of range; it must be an object');
  });

  it('leave what was set before', () => {
    const optimizer = new SingOptimizer({learningRate: 0.3});
    expect(() => (optimizer.learningRate = -1)).toThrow();
    expect(optimizer.learningRate).toBe(0.3);
  });
});

describe('options in range', () => {
  it('default to the published ones, but for centralize', () => {
    expect({...new SingOptimizer().getConfig()}).toEqual({
      learningRate: 5e-3, beta1: 0.9, beta2: 0.999, weightDecay: 0, decayAll: false, epsilon: 1e-8,
      centralize: true, normalize: true, softplus: true, lookahead: {steps: 5, alpha: 0.5}, kinds: [], skipNonFinite: false,
    });
  });

  it('fill up half a LookAhead', () => {
    expect(new SingOptimizer({lookahead: {steps: 3} as never}).lookahead).toEqual({steps: 3, alpha: 0.5});
  });
});

describe('matchesAny', () => {
  it.each([
    ['dense_Dense1/kernel', 'dense_Dense1/kernel', true],
    ['dense_Dense1/kernel', 'dense_Dense1', true],
    ['dense_Dense10/kernel', 'dense_Dense1', false],
    ['dense_Dense1/kernel', 'dense*', true],
    ['dense_Dense1/kernel', '*kernel', true],
    ['dense_Dense1/kernel', '*/bias', false],
    ['a/b/c', 'a/b', true],
    ['a/b/c', 'b', false],
    ['block.1/gamma', 'block.*', true],
    ['block_1/gamma', 'block.*', false],
    ['a[0]', 'a[0]', true],
    ['anything', '*', true],
    ['anything', '', false],
    ['dense', 'ense', false],
  ])('%s by %s: %s', (name, glob, want) => {
    expect(matchesAny(name, ['no such', glob])).toBe(want);
  });

  it('is false without globs', () => {
    expect(matchesAny('a', [])).toBe(false);
  });
});

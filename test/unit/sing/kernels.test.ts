import * as tf from '@tensorflow/tfjs';
import {describe, expect, it, vi} from 'vitest';
import {sing} from '../../../src/sing/index';
import {kernelsFor} from '../../../src/sing/kernels/kernelChoice';
import {describeOptimizers} from './optimizerBehaviour';

describe('on pure JavaScript', () => {
  it('one pass over arrays is chosen', () => {
    expect(kernelsFor(tf).name).toBe('js');
  });

  describeOptimizers();
});

it('Adagrad behind SING is warned of once, and not where the gradient is standardized', () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const w = tf.variable(tf.ones([3]));
  const step = (optimizer: tf.Optimizer): void => void tf.tidy(() => optimizer.applyGradients([{name: w.name, tensor: tf.ones([3])}]));
  for (const optimizer of [sing(tf.train.adagrad(0.1), {normalize: 'std'}), sing(tf.train.adam(0.1)), sing(tf.train.adagrad(0.1))]) {
    step(optimizer);
    step(optimizer);
  }
  expect(warned.mock.calls.flat()).toEqual([expect.stringMatching(/^SING: in front of Adagrad/)]);
  warned.mockRestore();
  w.dispose();
});

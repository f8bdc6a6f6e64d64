import * as tf from '@tensorflow/tfjs';
import {describe, expect, it} from 'vitest';
import {kernelsFor} from '../../../src/sing/kernels/kernelChoice';
import {describeOptimizers} from './optimizerBehaviour';

describe('on pure JavaScript', () => {
  it('one pass over arrays is chosen', () => {
    expect(kernelsFor(tf).name).toBe('js');
  });

  describeOptimizers();
});

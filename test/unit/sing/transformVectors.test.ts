import * as tf from '@tensorflow/tfjs-core';
import {describe, expect, it} from 'vitest';
import {singTransform} from '../../../src/sing/index';
import {makeOpsTransform} from '../../../src/sing/kernels/opsTransform';
import {transformArray} from '../../../src/sing/transformArray';
import {deviation, kindOfParam, toTfjs, vectors, type TransformCase} from './vectors';

const gating = vectors.transform_cases.filter((entry) => !entry.informational);
const tolerance = (want: number): number => 2e-6 * Math.max(1, Math.abs(want));

function worst(transform: (entry: TransformCase, gradient: ReturnType<typeof toTfjs>) => ArrayLike<number>): {ran: number; failed: string[]} {
  const failed: string[] = [];
  let ran = 0;
  for (const entry of gating) {
    const gradient = toTfjs(entry.param, entry.grad);
    const want = toTfjs(entry.param, entry.expected_grad);
    const off = deviation(transform(entry, gradient), want.dataSync(), tolerance);
    if (!(off <= 1)) failed.push(`${entry.id}: ${off} tolerances off`);
    gradient.dispose();
    want.dispose();
    ran++;
  }
  return {ran, failed};
}

const settings = ({flags}: TransformCase) => ({centralize: flags.grad_central && ('always' as const), normalize: flags.grad_norm, epsilon: flags.eps});

describe('the transform against the authors’ numbers', () => {
  it('has the vectors: 121 of 132 gate', () => {
    expect([gating.length, vectors.transform_cases.length]).toEqual([121, 132]);
  });

  it('transformArray', ({annotate}) => {
    const {ran, failed} = worst((entry, gradient) => transformArray(gradient.dataSync() as Float32Array, gradient.shape, kindOfParam(entry.param), settings(entry)).values);
    void annotate(`${ran} transform vectors ran`);
    expect(failed).toEqual([]);
    expect(ran).toBe(121);
  });

  it('transformArray in place', () => {
    const {ran, failed} = worst((entry, gradient) => {
      const values = Float32Array.from(gradient.dataSync());
      return transformArray(values, gradient.shape, kindOfParam(entry.param), settings(entry), values).values;
    });
    expect(failed).toEqual([]);
    expect(ran).toBe(121);
  });

  it('in TensorFlow.js ops', ({annotate}) => {
    const byOps = makeOpsTransform(tf);
    const {ran, failed} = worst((entry, gradient) => tf.tidy(() => byOps(gradient, kindOfParam(entry.param), settings(entry)).dataSync()));
    void annotate(`${ran} transform vectors ran`);
    expect(failed).toEqual([]);
    expect(ran).toBe(121);
  });

  it('singTransform', ({annotate}) => {
    const {ran, failed} = worst((entry, gradient) => {
      const result = singTransform(gradient, {kind: kindOfParam(entry.param), ...settings(entry)});
      const values = result.dataSync();
      result.dispose();
      return values;
    });
    void annotate(`${ran} transform vectors ran`);
    expect(failed).toEqual([]);
    expect(ran).toBe(121);
  });
});

import {readFileSync} from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type {ParameterKind} from '../../../src/sing/kind';

export type Flat = (number | 'NaN' | 'Infinity' | '-Infinity')[];

export interface VectorParam {
  name: string;
  kind: string;
  torch_shape: number[];
  reshape_first: number[] | null;
  perm_to_tfjs: number[] | null;
  tfjs_shape: number[];
}

interface Flags {
  grad_central: boolean;
  grad_norm: boolean;
  eps: number;
}

export interface Hyper {
  lr: number;
  betas: [number, number];
  weight_decay: number;
  eps: number;
  softplus: boolean;
  beta_softplus: number;
  grad_central: boolean;
  grad_norm: boolean;
  lookahead_active: boolean;
  la_mergetime: number;
  la_alpha: number;
}

export interface TransformCase {
  id: string;
  param: VectorParam;
  flags: Flags;
  grad: Flat;
  expected_grad: Flat;
  informational: boolean;
}

export interface OptimizerCase {
  id: string;
  input: string;
  optimizer: string;
  hyper: Partial<Hyper>;
  lr_schedule: number[] | null;
  groups: {params: number[]; hyper: Partial<Hyper>}[] | null;
  transform: Flags | null;
  expected: Flat[][];
  tfjs: {ctor: string; args: (number | boolean | null)[]; same_formula: boolean} | null;
  expected_tfjs: Flat[][] | null;
  informational: boolean;
}

interface Vectors {
  inputs: Record<string, {params: (VectorParam & {init: Flat})[]; grads: (Flat | null)[][]}>;
  transform_cases: TransformCase[];
  cases: OptimizerCase[];
}

/** See test/fixtures/README.md. */
export const vectors = JSON.parse(readFileSync(new URL('../../fixtures/sing-vectors.json', import.meta.url), 'utf8')) as Vectors;

const kinds: Record<string, ParameterKind> = {scalar: 'vector', bias: 'vector', linear: 'dense'};

export function kindOfParam(param: VectorParam): ParameterKind {
  return kinds[param.kind] ?? (param.kind as ParameterKind);
}

/** A flat array in torch layout as a tensor in TensorFlow.js layout. */
export function toTfjs(param: VectorParam, flat: Flat): tf.Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(flat.map(Number), param.reshape_first ?? param.torch_shape, 'float32');
    return param.perm_to_tfjs === null || tensor.rank < 2 ? tf.clone(tensor) : tf.transpose(tensor, param.perm_to_tfjs);
  });
}

/** How far `got` is from `want` in units of the tolerance: at most 1 is right. Where one is not finite both must be the same. */
export function deviation(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: (want: number) => number): number {
  if (got.length !== want.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < want.length; i++) {
    if (Object.is(got[i], want[i])) continue;
    if (!Number.isFinite(want[i]) || !Number.isFinite(got[i])) return Infinity;
    worst = Math.max(worst, Math.abs(got[i]! - want[i]!) / tolerance(want[i]!));
  }
  return worst;
}

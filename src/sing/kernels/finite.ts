import type {Tensor} from '@tensorflow/tfjs-core';
import type {Tfjs} from '../tfjs';

export function valuesFinite(values: Float32Array): boolean {
  // Zero times a NaN or an infinity is NaN, and stays it in the sum.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  return sum === 0;
}

/** Whether no element of any tensor is NaN or infinite. Reads from the backend: it waits for the device. */
export function tensorsFinite(tf: Tfjs, tensors: readonly Tensor[]): boolean {
  if (tensors.length === 0) return true;
  if (tf.getBackend() === 'cpu') return tensors.every((tensor) => valuesFinite(tensor.dataSync<'float32'>()));
  const total = tf.tidy(() => tensors.map((tensor) => tf.sum(tf.mul(tensor, 0))).reduce((sum, part) => tf.add(sum, part)).dataSync()[0]);
  return total === 0;
}

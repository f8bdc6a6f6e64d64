import type {Tensor} from '@tensorflow/tfjs-core';
import {centralizedAxes, meansOneElement, type ParameterKind} from '../kind';
import type {TransformSettings} from '../options';
import type {Tfjs} from '../tfjs';

/** The transform with settings that are checked already. */
export type Transform = (gradient: Tensor, kind: ParameterKind, settings: TransformSettings) => Tensor;

/** The transform in TensorFlow.js ops, for backends that hold the numbers elsewhere. */
export function makeOpsTransform(tf: Tfjs): Transform {
  return (gradient, kind, {centralize, normalize, epsilon}) => {
    const axes = centralize === false || (centralize === true && meansOneElement(kind, gradient.shape)) ? [] : centralizedAxes(kind, gradient.shape);
    const centralized = (x: Tensor): Tensor => (axes.length === 0 ? x : tf.sub(x, tf.mean(x, axes, true)));
    if (gradient.size === 0 || (normalize === false && axes.length === 0)) return tf.clone(gradient);
    if (normalize === false) return tf.tidy(() => centralized(gradient));
    return tf.tidy(() => {
      const {least, most} = floatRange(tf);
      // Dividing by max |g| first keeps the squares inside float32 (or float16). An infinity is not divided
      // away, so that one makes NaN what it makes NaN in the authors' code.
      const size = tf.clipByValue(tf.max(tf.abs(gradient)), least, most);
      const scaled = centralized(tf.div(gradient, size));
      const norm = tf.sqrt(tf.sum(tf.square(scaled)));
      const divisor = normalize === 'std' ? tf.mul(norm, 1 / Math.sqrt(gradient.size)) : norm;
      // epsilon / size can be zero, and the gradient too: 0 / 0 would be NaN.
      return tf.div(scaled, tf.maximum(tf.add(divisor, tf.div(epsilon, size)), least));
    });
  };
}

/** Safe bounds for a divisor; WebGL may compute in float16. */
function floatRange(tf: Tfjs): {least: number; most: number} {
  return tf.backend().floatPrecision() === 16 ? {least: 1e-4, most: 65504} : {least: 1e-30, most: 3.4e38};
}

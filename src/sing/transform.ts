import type {Tensor} from '@tensorflow/tfjs-core';
import {centralizedAxes, checkKind, kindFromShape, meansOneElement, type ParameterKind} from './kind';
import {checkOption, completeOptions, transformDefaults, type TransformSettings} from './options';
import type {Tfjs} from './tfjs';
import {transformArray} from './transformArray';

/** Settings of `singTransform`; the shape tells the kind where it is left out. */
export interface SingTransformOptions extends Partial<TransformSettings> {
  kind?: ParameterKind;
}

/** The transform with settings that are checked already. */
export type Transform = (gradient: Tensor, kind: ParameterKind, settings: TransformSettings) => Tensor;

/** Binds the transform to one copy of TensorFlow.js. */
export function makeTransform(tf: Tfjs): Transform {
  const byOps = makeOpsTransform(tf);
  return (gradient, kind, settings) => {
    // There the numbers lie at hand, and TensorFlow.js' own ops take a hundred times as long.
    if (tf.getBackend() !== 'cpu') return byOps(gradient, kind, settings);
    return tf.tensor(transformArray(gradient.dataSync<'float32'>(), gradient.shape, kind, settings).values, gradient.shape);
  };
}

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

/**
 * Binds `singTransform` to one copy of TensorFlow.js.
 *
 * `singTransform(gradient, {kind, centralize, normalize, epsilon})` returns SING's version of one gradient: a new
 * tensor of the same shape, less its mean over the axes of its kind and divided by its L2 norm + epsilon
 * (Courtois et al. 2023, arXiv 2305.15997). A kernel with one element per mean is not centralized unless
 * `centralize` is 'always'. Throws an error that names the option when one is out of range.
 */
export function makeSingTransform(tf: Tfjs, transform: Transform): (gradient: Tensor, options?: SingTransformOptions) => Tensor {
  return (gradient, options = {}) => {
    if (!(gradient instanceof tf.Tensor)) throw new Error('gradient: it must be a tensor, such as a value of tf.variableGrads(…).grads');
    const {kind = kindFromShape(gradient.shape), ...rest} = options;
    checkOption('kind', kind);
    checkKind('kind', kind, gradient.shape);
    return transform(gradient, kind, completeOptions(transformDefaults, rest));
  };
}

/** Safe bounds for a divisor; WebGL may compute in float16. */
function floatRange(tf: Tfjs): {least: number; most: number} {
  return tf.backend().floatPrecision() === 16 ? {least: 1e-4, most: 65504} : {least: 1e-30, most: 3.4e38};
}

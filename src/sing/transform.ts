import type {Tensor} from '@tensorflow/tfjs-core';
import {checkKind, kindFromShape, type ParameterKind} from './kind';
import {checkOption, completeOptions, transformDefaults, type TransformSettings} from './options';
import {runTransform} from './stepRun';
import type {Tfjs} from './tfjs';

/** Settings of `singTransform`; the shape tells the kind where it is left out. */
export interface SingTransformOptions extends Partial<TransformSettings> {
  kind?: ParameterKind;
}

/**
 * Binds `singTransform` to one copy of TensorFlow.js.
 *
 * `singTransform(gradient, {kind, centralize, normalize, epsilon})` returns SING's version of one gradient: a new
 * tensor of the same shape, less its mean over the axes of its kind and divided by its L2 norm + epsilon
 * (Courtois et al. 2023, arXiv 2305.15997). A kernel with one element per mean is not centralized unless
 * `centralize` is 'always'. Throws an error that names the option when one is out of range.
 */
export function makeSingTransform(tf: Tfjs): (gradient: Tensor, options?: SingTransformOptions) => Tensor {
  return (gradient, options = {}) => {
    if (!(gradient instanceof tf.Tensor)) throw new Error('gradient: it must be a tensor, such as a value of tf.variableGrads(…).grads');
    const {kind = kindFromShape(gradient.shape), ...rest} = options;
    checkOption('kind', kind);
    checkKind('kind', kind, gradient.shape);
    return runTransform(tf, [{gradient, kind}], completeOptions(transformDefaults, rest))[0]!;
  };
}

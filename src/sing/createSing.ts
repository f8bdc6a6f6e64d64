import type {Optimizer, Tensor} from '@tensorflow/tfjs-core';
import {makeSingOptimizer, type SingOptimizerConstructor} from './optimizer';
import type {SingPluginSettings} from './options';
import {makeSing, type SingPlugin} from './plugin';
import type {Tfjs} from './tfjs';
import {makeSingTransform, type SingTransformOptions} from './transform';

/** SING, bound to one copy of TensorFlow.js. */
export interface Sing {
  sing: (optimizer: Optimizer, options?: Partial<SingPluginSettings>) => SingPlugin;
  SingOptimizer: SingOptimizerConstructor;
  singTransform: (gradient: Tensor, options?: SingTransformOptions) => Tensor;
}

/** One set of classes per copy, however often and through whichever of its packages it is asked for. */
const bound = new WeakMap<Tfjs['Optimizer'], Sing>();

/**
 * SING for the copy of TensorFlow.js that is given: `@tensorflow/tfjs-core`, `@tensorflow/tfjs` or a package that
 * re-exports them. Tensors and variables of one copy mean nothing to another.
 */
export function createSing(tf: Tfjs): Sing {
  const present = bound.get(tf.Optimizer);
  if (present !== undefined) return present;
  const sing: Sing = {sing: makeSing(tf), SingOptimizer: makeSingOptimizer(tf), singTransform: makeSingTransform(tf)};
  bound.set(tf.Optimizer, sing);
  return sing;
}

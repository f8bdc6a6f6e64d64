import type * as tfjsCore from '@tensorflow/tfjs-core';
import type {Optimizer} from '@tensorflow/tfjs-core';

/**
 * The part of TensorFlow.js that SING is made of. Both `@tensorflow/tfjs-core` and the union packages
 * (`@tensorflow/tfjs`, `tfjs-node`, `tfjs-node-gpu`) have it.
 */
export type Tfjs = Pick<
  typeof tfjsCore,
  | 'Optimizer' | 'SGDOptimizer' | 'MomentumOptimizer' | 'AdamOptimizer' | 'Tensor' | 'engine' | 'backend' | 'getBackend' | 'serialization' | 'tidy' | 'dispose' | 'scalar' | 'tensor' | 'tensor1d' | 'variable' | 'zerosLike' | 'clone'
  | 'abs' | 'add' | 'clipByValue' | 'div' | 'max' | 'maximum' | 'mean' | 'mul' | 'reshape' | 'softplus' | 'sqrt' | 'square' | 'sub' | 'sum'
>;

/** A tensor under a variable's name; tfjs-core does not export its own type of it. */
export type NamedTensor = Awaited<ReturnType<Optimizer['getWeights']>>[number];

import * as tf from '@tensorflow/tfjs-core';
import {createSing} from './createSing';
import type {SingOptimizer as SingOptimizerInstance, SingOptimizerConstructor} from './optimizer';

const own = createSing(tf);

/** SING in front of any optimizer; see {@link createSing} for another copy of TensorFlow.js than the peer. */
export const sing = own.sing;
/** SING as published. */
export const SingOptimizer: SingOptimizerConstructor = own.SingOptimizer;
export type SingOptimizer = SingOptimizerInstance;
/** SING's transform of one gradient. */
export const singTransform = own.singTransform;

export {createSing, type Sing} from './createSing';
export {matchesAny} from './nameMatch';
export {warmupConstantCosine, warmupCosine, type WarmupConstantCosine, type WarmupCosine} from './schedules';
export type {ParameterKind} from './kind';
export type {Centralize, Kinds, Lookahead, Normalize, SingOptimizerSettings, SingPluginSettings, TransformSettings} from './options';
export type {SingOptimizerConstructor} from './optimizer';
export type {SingPlugin} from './plugin';
export type {SingTransformOptions} from './transform';

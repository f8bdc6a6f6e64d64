import type {Tensor, Variable} from '@tensorflow/tfjs-core';
import type {ParameterKind} from './kind';
import type {TransformSettings} from './options';

/** What an update does with a gradient; the numbers of one step. */
export type UpdateRule =
  | {readonly rule: 'sgd'; readonly learningRate: number}
  | {readonly rule: 'momentum'; readonly learningRate: number; readonly momentum: number; readonly nesterov: boolean}
  | {
    /**
     * Adam, AdamW and full SING: w ← w·(1 − learningRate·weightDecay) − learningRate·m̂/d, d = √v̂ + epsilon, or
     * softplus(√v̂, softplus) where `softplus`, the beta, is not 0.
     */
    readonly rule: 'adam';
    readonly learningRate: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly softplus: number;
    readonly weightDecay: number;
  };

/** How many arrays of the parameter's size a rule remembers: momentum's velocity; Adam's m and v. */
export const stateArrays: Readonly<Record<UpdateRule['rule'], number>> = {sgd: 0, momentum: 1, adam: 2};

/**
 * An array that an optimizer remembers of a parameter, float32 and of its shape, in the form of the kernels that
 * made it. Nobody else holds its memory: it is written in place.
 */
export interface StateArray {
  readonly size: number;
}

/** One parameter in one step. */
export interface ParameterStep {
  readonly gradient: Tensor;
  /** Gets a new tensor: a clone of the old value stays as it is. */
  readonly variable: Variable;
  readonly kind: ParameterKind;
  /** Whether SING changes this gradient. */
  readonly transforms: boolean;
  /** Whether the rule's weight decay holds for it. */
  readonly decays: boolean;
  /** 1 − beta1^t and 1 − beta2^t of 'adam'; 1 for the others. */
  readonly corrections: readonly [number, number];
  /** `stateArrays[rule]` of them. */
  readonly state: readonly StateArray[];
  /** LookAhead's slow weights, where it is on. */
  readonly slow: StateArray | null;
}

/** What holds for all parameters of a step. */
export interface StepSettings {
  /** null: the gradients go into the rule as they are. */
  readonly transform: TransformSettings | null;
  readonly rule: UpdateRule;
  /** LookAhead's alpha where this step merges: w ← alpha·w + (1 − alpha)·slow, slow ← w. */
  readonly merge: number | null;
  /** Change nothing at all when any gradient has a NaN or an infinity. */
  readonly skipNonFinite: boolean;
  readonly wants: WantedMoments;
}

export interface StepOutcome {
  /** A gradient was not finite and `skipNonFinite` held. */
  readonly skipped: boolean;
  /** L2 norm of each gradient as the rule got it; NaN where it is no by-product and the moments were not wanted, and of a skipped step. */
  readonly norms: Float64Array;
  /** By-products, where they were wanted and these kernels have them. */
  readonly moments: StepMoments | null;
}

/** By-products that are wanted of a step: each kind costs a pass over the parameters. */
export type WantedMoments = 'none' | 'gradients' | 'all';

/** Row-major [parameters, 12] each, the columns of `native/moments.h` and `protocol/moments.ts`. */
export interface StepMoments {
  readonly gradients: Float64Array;
  /** Where all were wanted. */
  readonly others: {
    readonly transformed: Float64Array;
    /** As they were before the step. */
    readonly weights: Float64Array;
    /** New less old weights. */
    readonly updates: Float64Array;
  } | null;
}

/** How the arithmetic of a step is carried out: one implementation for each kind of backend. */
export interface StepKernels {
  /** fused: the native op; device: TensorFlow's own kernels; tfjs: its operations; js: one pass in JavaScript. */
  readonly name: 'fused' | 'device' | 'tfjs' | 'js';
  /** SING's transform alone, of all gradients of a step: new tensors, the caller's. */
  transform(gradients: readonly {readonly gradient: Tensor; readonly kind: ParameterKind}[], settings: TransformSettings): Tensor[];
  /**
   * One update of all parameters.
   * @throws before anything was changed
   */
  update(parameters: readonly ParameterStep[], settings: StepSettings): StepOutcome;
  /** A state array of zeros, or of a copy of the tensor's values. */
  stateOf(like: Tensor, fill: 'zeros' | 'copy'): StateArray;
  /** A copy of a state array as an ordinary tensor of that shape. */
  tensorOf(state: StateArray, shape: number[]): Tensor;
  release(state: StateArray): void;
}

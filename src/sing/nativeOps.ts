import type {StepMoments, StepSettings} from './stepKernels';

/** A tensor as the native binding of TensorFlow.js hands it out: `dtype` is TensorFlow's number. */
export interface BindingTensor {
  id: number;
  shape: number[];
  dtype: number;
}

/** Axes over which the mean of a gradient is taken: none, all but the last, all but the last two, the last. */
export type CentralizeAxes = 0 | 1 | 2 | 3;

/** Division by nothing, by the L2 norm plus epsilon, by the norm over the root of the size plus epsilon. */
export type NormalizeBy = 0 | 1 | 2;

/** One optimizer step of all parameters; lists are by parameter, ids those of the binding's float32 tensors. */
export interface NativeStep {
  readonly gradients: readonly number[];
  readonly weights: readonly number[];
  /** `stateArrays[rule]` for each parameter, one parameter after the other; from `state()`, written in place. */
  readonly state: readonly number[];
  /** LookAhead's slow weights, one for each parameter, written in place; null without. */
  readonly slow: readonly number[] | null;
  readonly transforms: readonly boolean[];
  readonly axes: readonly CentralizeAxes[];
  readonly decays: readonly boolean[];
  /** 1 − beta1^t and 1 − beta2^t. */
  readonly corrections: readonly (readonly [number, number])[];
  readonly settings: StepSettings;
}

export interface NativeOutcome {
  /** New tensors, the caller's; none where the step was skipped. */
  readonly weights: BindingTensor[];
  readonly skipped: boolean;
  /** L2 norm of each gradient after the transform; NaN where the step was skipped. */
  readonly norms: Float64Array;
  /** Where they were wanted; of a skipped step all but those of the gradients are NaN. */
  readonly moments: StepMoments | null;
}

/**
 * The ops of `native/`, run on tensors of the binding by their ids, past the engine of tfjs:
 * `tf.memory()` does not change. Each throws what TensorFlow says, for instance when an input is not
 * float32; nothing is left allocated or changed then.
 */
export interface NativeOps {
  /** Moments of float32 tensors: row-major `[inputIds.length, MOMENT_COLUMNS]`. At least one input. */
  moments(inputIds: number[]): Float64Array;
  /** Counts by the bins of `src/protocol/histogram.ts`: row-major `[inputIds.length, HISTOGRAM_BINS]`. */
  histograms(inputIds: number[]): Int32Array;
  /**
   * SING's transform of float32 gradients. The caller owns the outputs, new tensors in the order and
   * shapes of the inputs; `norms` are their L2 norms.
   * @param axes one for each input; 2 needs a rank of 3 or more, 1 and 3 of 1 or more
   */
  sing(inputIds: number[], axes: readonly CentralizeAxes[], normalize: NormalizeBy, epsilon: number):
    {outputs: BindingTensor[]; norms: Float64Array};
  /** One step of all parameters; at least one. */
  update(step: NativeStep): NativeOutcome;
  /** A new tensor of that one's shape, whose memory nobody shares: zeros, or a copy. */
  state(likeId: number, fill: 'zeros' | 'copy'): BindingTensor;
  release(id: number): void;
}

/** Where a host of this library puts the ops for a backend of TensorFlow.js: a {@link NativeOpsSource} on `globalThis`. */
export const NATIVE_OPS = Symbol.for('singscope.nativeOps');

/** @param backend `tf.backend()` @returns null where it can't have the ops */
export type NativeOpsSource = (backend: object) => NativeOps | null;

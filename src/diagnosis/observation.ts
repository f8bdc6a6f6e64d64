import type {CallSite} from '../protocol/callSite';
import type {InitialValues, ParameterKind} from '../protocol/events';

/** A trainable variable as the detector is told of it, before its first gradient. */
export interface DetectorParameter {
  index: number;
  name: string;
  layer: string;
  /** Class of the layer, e.g. Dense; null for a bare variable. */
  layerClass: string | null;
  shape: number[];
  kind: ParameterKind;
  site: CallSite | null;
  /** The variable's own values before its first update; tells layers that were started wrongly. */
  initial?: InitialValues;
  /** Place from input (small) to output (large); the index where it is not known. */
  depthOrder?: number;
}

/** Tensors made in `steps` steps, up to `step`, that nobody has given back: where and by which call, most first. */
export interface TensorTrace {
  step: number;
  steps: number;
  places: {site: CallSite; by: string | null; tensors: number}[];
}

/** One optimizer step: the gradients before SING, as moments, and the loss. */
export interface StepObservation {
  step: number;
  /** Any number; judged only if `hasLoss`. */
  loss: number;
  hasLoss: boolean;
  learningRate: number;
  /** Index of the optimizer instance. */
  optimizer: number;
  thread: number;
  /** Indices of the parameters that have a gradient in this step. */
  parameters: ArrayLike<number>;
  /** MOMENT_COLUMNS float64 a parameter, in the order of `parameters`. */
  moments: Float64Array;
  tensors: number;
  bytes: number;
  /** Bytes of the thread's JavaScript objects, and of the whole process; where they are known. */
  heap?: number;
  rss?: number;
}

import type {SecondMoment} from './secondMoments';
import type {StepGradient} from './stepGradient';
import {asFloats} from './tensorValues';
import type {TfVariable} from './tfjsTypes';

/** Gradients of the sampled step before are held: a network of more elements has no extras. */
const MOST_ELEMENTS = 4_000_000;
/** Kinds whose kernels have an output unit in each place of the last axis. */
const UNIT_KINDS = new Set(['dense', 'conv1d', 'conv2d', 'conv3d']);

/** Numbers of the gradients of one sampled step, one for each; NaN where there is none. */
export interface GradientExtras {
  /** Cosine between the gradient and that of the sampled step before, from −1 (the steps undo each other) to 1. */
  cosine: Float64Array;
  /** √mean(g² / max(v, ε²)), with v the optimizer's corrected second moment after the step: StableAdamW's RMS (arXiv 2304.13013), above 1 where v lags behind. */
  secondMomentRms: Float64Array;
  /** Share of the output units of a kernel that got no gradient at all: of a ReLU's, those that fire for nothing in the batch. */
  deadUnits: Float64Array;
}

/** Measures what takes more than one pass over the gradients' values, on sampled steps. */
export class SampledGradients {
  readonly #previous = new WeakMap<TfVariable, Float32Array>();

  /** @param momentOf the second moment that belongs to a gradient as it is; null where there is none */
  measure(gradients: readonly StepGradient[], momentOf: (row: number) => SecondMoment | null): GradientExtras | null {
    if (gradients.reduce((sum, {tensor}) => sum + tensor.size, 0) > MOST_ELEMENTS) return null;
    const extras = {cosine: nans(gradients.length), secondMomentRms: nans(gradients.length), deadUnits: nans(gradients.length)};
    gradients.forEach(({tensor, variable, parameter}, row) => {
      const values = asFloats(tensor);
      const before = this.#previous.get(variable);
      if (before?.length === values.length) extras.cosine[row] = cosine(values, before);
      this.#previous.set(variable, values);
      if (tensor.shape.length > 1 && UNIT_KINDS.has(parameter.kind)) extras.deadUnits[row] = deadShare(values, tensor.shape.at(-1) ?? 1);
      const moment = momentOf(row);
      if (moment?.values.length === values.length) extras.secondMomentRms[row] = stableRms(values, moment);
    });
    return extras;
  }
}

function nans(length: number): Float64Array {
  return new Float64Array(length).fill(NaN);
}

/** Squares of float32 numbers neither overflow nor vanish in doubles. NaN for a zero vector, and where an element is not finite. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return dot / (Math.sqrt(squareA) * Math.sqrt(squareB));
}

function stableRms(values: Float32Array, {values: second, correction, epsilon}: SecondMoment): number {
  const floor = epsilon * epsilon;
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const g = values[i] as number;
    sum += (g * g) / Math.max((second[i] as number) / correction, floor);
  }
  return Math.sqrt(sum / values.length);
}

function deadShare(values: Float32Array, units: number): number {
  const alive = new Uint8Array(units);
  for (let i = 0, unit = 0; i < values.length; i++) {
    if (values[i] !== 0) alive[unit] = 1;
    if (++unit === units) unit = 0;
  }
  return alive.reduce((dead, lives) => dead - lives, units) / units;
}

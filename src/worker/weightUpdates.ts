import {MOMENT_COLUMNS, moment} from '../protocol/moments';
import type {MomentsContext} from './gradientMoments';
import {momentsOf} from './momentSums';
import type {StepGradient} from './stepGradient';
import {areFloats, asFloats} from './tensorValues';
import type {TfTensor} from './tfjsTypes';

/** Holding the weights of a step for its time takes their memory once more. */
const MOST_ELEMENTS = 16_000_000;

/** L2 norms of the weights before an update and of the update, a number for each gradient of the step. */
export interface UpdateNorms {
  weightNorm: Float64Array;
  updateNorm: Float64Array;
}

/** Weights as they were before an update; the tensors are ours until `measure` or `dispose`. */
export interface HeldWeights {
  /** Looks at what the update has made of them, and lets them go. */
  measure(): UpdateNorms;
  dispose(): void;
}

/** Measures updates by the weights before and after them, whoever makes them. Only on sampled steps: it costs a pass or three over the weights. */
export class WeightUpdates {
  readonly #context: MomentsContext;

  constructor(context: MomentsContext) {
    this.#context = context;
  }

  /** @returns null where they are too many */
  hold(gradients: readonly StepGradient[]): HeldWeights | null {
    if (gradients.reduce((sum, {variable}) => sum + variable.size, 0) > MOST_ELEMENTS) return null;
    const {engine} = this.#context;
    const before: TfTensor[] = [];
    const dispose = (): void => { for (const tensor of before.splice(0)) tensor.dispose(); };
    try {
      // A copy of the handle alone: an update puts new values in the place of the variable's.
      for (const {variable} of gradients) before.push(engine.runKernel('Identity', {x: variable}) as TfTensor);
    } catch (error) {
      dispose();
      throw error;
    }
    return {
      dispose,
      measure: () => {
        const changes: TfTensor[] = [];
        try {
          gradients.forEach(({variable}, row) => { changes.push(engine.runKernel('Sub', {a: variable, b: before[row]}) as TfTensor); });
          return {weightNorm: this.#norms(before), updateNorm: this.#norms(changes)};
        } finally {
          for (const tensor of changes) tensor.dispose();
          dispose();
        }
      },
    };
  }

  #norms(tensors: readonly TfTensor[]): Float64Array {
    const {engine, ops} = this.#context;
    const rows = ops !== null && engine.backend.getInputTensorIds && areFloats(tensors) ? ops.moments(engine.backend.getInputTensorIds(tensors)) : momentsOf(tensors.map(asFloats));
    return normsIn(rows);
  }
}

/** @param moments a row a tensor */
export function normsIn(moments: Float64Array): Float64Array {
  return Float64Array.from({length: moments.length / MOMENT_COLUMNS}, (_, row) => moments[row * MOMENT_COLUMNS + moment.norm] ?? NaN);
}

import {messageOf} from '../platform/failure';
import type {RunEvent} from '../protocol/events';
import type {DeviceMoments} from './deviceMoments';
import {encodeHistograms, encodeValues, histogramsFrameBytes, valuesFrameBytes} from './frames';
import {momentsOf} from './momentSums';
import type {NativeOps} from '../sing/nativeOps';
import type {RecorderLink} from './recorderLink';
import {frameType} from './ring';
import type {StepGradient} from './stepGradient';
import {areFloats, asFloats} from './tensorValues';
import type {TfEngine} from './tfjsTypes';

export interface MomentsContext {
  engine: TfEngine;
  /** Becomes null when they have failed. */
  ops: NativeOps | null;
  /** Where gradients lie on a GPU; null elsewhere, and when it has failed. */
  device: DeviceMoments | null;
  link: RecorderLink;
  send(event: RunEvent): void;
}

/** Takes the moments and histograms of a step's gradients: by a native operation, on a GPU by TensorFlow's own, or by what it copies to the recorder. */
export class GradientMoments {
  readonly #context: MomentsContext;

  constructor(context: MomentsContext) {
    this.#context = context;
  }

  /**
   * @param histogramsOf the attempt whose histograms are wanted; null: none
   * @returns a row a gradient; null where the recorder is to sum what was copied to it
   */
  take(gradients: readonly StepGradient[], histogramsOf: number | null): Float64Array | null {
    const moments = this.#native(gradients, (ops, ids) => {
      const rows = ops.moments(ids);
      if (histogramsOf !== null) this.#sendHistograms(histogramsOf, gradients, ops.histograms(ids));
      return rows;
    });
    // Histograms are counted where the values are: on sampled steps those come here.
    return moments ?? (histogramsOf === null ? this.#onDevice(gradients) : null) ?? this.#sendValues(gradients);
  }

  /** Histograms alone, where the moments are known; none where no native operation takes them. */
  takeHistograms(gradients: readonly StepGradient[], attempt: number): void {
    this.#native(gradients, (ops, ids) => { this.#sendHistograms(attempt, gradients, ops.histograms(ids)); });
  }

  #onDevice(gradients: readonly StepGradient[]): Float64Array | null {
    const {engine, device} = this.#context;
    const tensors = gradients.map(({tensor}) => tensor);
    if (device === null || !engine.backend.getInputTensorIds || !areFloats(tensors)) return null;
    try {
      return device.moments(engine.backend.getInputTensorIds(tensors), gradients.map(({tensor}) => tensor.size));
    } catch (error) {
      this.#context.device = null;
      this.#fallBack('TensorFlow\'s own operations', error);
      return null;
    }
  }

  #fallBack(what: string, error: unknown): void {
    this.#context.send({type: 'notice', code: 'fallback-kernels', message: `${what} failed (${messageOf(error)}); gradients are copied instead, which costs more.`});
  }

  #native<T>(gradients: readonly StepGradient[], take: (ops: NativeOps, ids: number[]) => T): T | null {
    const {engine, ops} = this.#context;
    const tensors = gradients.map(({tensor}) => tensor);
    if (ops === null || !engine.backend.getInputTensorIds || !areFloats(tensors)) return null;
    try {
      return take(ops, engine.backend.getInputTensorIds(tensors));
    } catch (error) {
      this.#context.ops = null;
      this.#fallBack('The native operations', error);
      return null;
    }
  }

  /**
   * Copies the gradients to the recorder. When they don't fit at once the sums are done here:
   * slower, but nothing waits and nothing is lost.
   * @returns the moments where they were summed here
   */
  #sendValues(gradients: readonly StepGradient[]): Float64Array | null {
    const {link} = this.#context;
    const arrays = gradients.map(({tensor}) => asFloats(tensor));
    const pieceLength = Math.floor((link.maxFrameBytes - 64) / 4);
    for (const [row, values] of arrays.entries()) {
      const parameter = gradients[row]?.parameter.index ?? -1;
      for (let from = 0; from < values.length; from += pieceLength) {
        const length = Math.min(pieceLength, values.length - from);
        const sent = link.tryWrite(frameType.values, valuesFrameBytes(length), (floats, at, bytes) => {
          encodeValues(parameter, values, from, length, floats, at, bytes);
        });
        if (!sent) return momentsOf(arrays);
      }
    }
    return null;
  }

  #sendHistograms(attempt: number, gradients: readonly StepGradient[], counts: Int32Array): void {
    const {link} = this.#context;
    const parameters = gradients.map(({parameter}) => parameter.index);
    link.tryWrite(frameType.histograms, histogramsFrameBytes(parameters.length), (floats, at, bytes) => {
      encodeHistograms(attempt, parameters, counts, floats, at, bytes);
    });
  }
}

import type {RunEvent, TrainingCall} from '../protocol/events';
import {captureFrames, callerSite} from './callSites';
import type {TfModel, TfOptimizer} from './tfjsTypes';

const MOST_SITES = 20;
/** A search calls `fit` thousands of times: its first calls tell where. */
const MOST_FITS = 20;
/** Names of the frames that are tfjs itself where it is bundled without a source map. */
const LIBRARY_FRAMES = ['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'applyGradients'];

/**
 * Finds where the user's code calls the training. The stack is captured at the first calls of `fit` and
 * `fitDataset`, at the first `trainOnBatch` of each model and at the first step of each optimizer, and
 * never again: a later step costs one look into a set.
 */
export class TrainingSites {
  readonly #send: (event: RunEvent) => void;
  readonly #step: () => number;
  readonly #bundled: () => boolean;
  /** Models and optimizers whose training call is known. */
  readonly #seen = new WeakSet<object>();
  readonly #sent = new Set<string>();
  #fits = 0;

  /**
   * @param step number of the last finished step
   * @param bundled tfjs is part of the script itself
   */
  constructor(send: (event: RunEvent) => void, step: () => number, bundled: () => boolean) {
    this.#send = send;
    this.#step = step;
    this.#bundled = bundled;
  }

  /** A method of a model was called; what its optimizer does from here on belongs to that call. */
  model(call: 'fit' | 'fitDataset' | 'trainOnBatch', model: TfModel): void {
    const optimizer = optimizerOf(model);
    if (call === 'trainOnBatch') {
      if (this.#seen.has(model) && (!optimizer || this.#seen.has(optimizer))) return;
      this.#seen.add(model);
    } else if (this.#fits++ >= MOST_FITS) {
      if (optimizer) this.#seen.add(optimizer);
      return;
    }
    if (optimizer) this.#seen.add(optimizer);
    this.#report(call);
  }

  /** A step of an optimizer begins. */
  optimizer(call: 'minimize' | 'applyGradients', optimizer: TfOptimizer): void {
    if (this.#seen.has(optimizer)) return;
    this.#seen.add(optimizer);
    this.#report(call);
  }

  #report(call: TrainingCall): void {
    if (this.#sent.size >= MOST_SITES) return;
    try {
      const site = callerSite(captureFrames(), this.#bundled() ? LIBRARY_FRAMES : null);
      const key = `${call} ${site === null ? '' : `${site.file}:${site.line}:${site.column}`}`;
      if (this.#sent.has(key)) return;
      this.#sent.add(key);
      this.#send({type: 'training', call, site, step: this.#step()});
    } catch {
      // A site that can't be found is none: the training itself goes on.
    }
  }
}

/** A class of the user's own may answer with an error. */
function optimizerOf(model: TfModel): TfOptimizer | undefined {
  try {
    return model.optimizer;
  } catch {
    return undefined;
  }
}

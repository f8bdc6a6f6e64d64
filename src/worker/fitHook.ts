import type {RunEvent} from '../protocol/events';
import type {Attempt} from './attempt';
import {evaluationNames} from './evaluationNames';
import {FitValidation} from './fitValidation';
import {wrapMethod} from './prototypeHooks';
import type {TfModel, TfTensor} from './tfjsTypes';

type Logs = Record<string, number | TfTensor>;
export type ModelCall = 'fit' | 'fitDataset' | 'trainOnBatch';
type AsyncMethod = (this: object, ...args: unknown[]) => Promise<unknown>;

/** Methods of a callback list within which the script's own callbacks run. */
const CALLBACKS = ['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'];

/** In a long run batches are reported no closer than so many over its length: each is a line of text. */
const BATCHES_OVER_THE_RUN = 10_000;

interface FitDatasetArguments {
  validationData?: unknown;
}

interface FitParameters {
  epochs?: number;
  initialEpoch?: number;
  samples?: number | null;
  steps?: number | null;
  batchSize?: number | null;
}

/** Sees what `fit`, `fitDataset` and `evaluate` report, and can end a fit cleanly. */
export class FitHook {
  readonly #fitting = new Set<TfModel>();
  readonly #send: (event: RunEvent) => void;
  readonly #step: () => number;
  readonly #called: (call: ModelCall, model: TfModel) => void;
  readonly #attempt: Attempt;
  readonly #validation = new FitValidation();
  #epoch = 0;
  #lastBatch = -Infinity;
  #refused = false;

  /**
   * @param step number of the last finished step
   * @param called hears of each call of a method that trains
   */
  constructor(send: (event: RunEvent) => void, step: () => number, called: (call: ModelCall, model: TfModel) => void, attempt: Attempt) {
    this.#send = send;
    this.#step = step;
    this.#called = called;
    this.#attempt = attempt;
  }

  /** Ends every fit that is going on after its batch, as `stopTraining` does. @returns false where there is none */
  stop(): boolean {
    for (const model of this.#fitting) model.stopTraining = true;
    return this.#fitting.size > 0;
  }

  /** Ends the fits because a step was left out: what they report from here on is not of this training. */
  refuse(): boolean {
    const ending = this.stop();
    this.#refused ||= ending;
    return ending;
  }

  hookModel(prototype: object): void {
    for (const name of ['fit', 'fitDataset'] as const) this.#hookFit(prototype, name);
    wrapMethod<(this: TfModel, ...args: unknown[]) => unknown>(prototype, 'trainOnBatch', (original) => {
      const called = (model: TfModel): void => { this.#attempt(() => { this.#called('trainOnBatch', model); }); };
      return function trainOnBatch(this: TfModel, ...args) {
        called(this);
        return original.apply(this, args);
      };
    });
    wrapMethod<(this: TfModel, ...args: unknown[]) => unknown>(prototype, 'evaluate', (original) => {
      const begin = this.#beginEvaluation.bind(this);
      return function evaluate(this: TfModel, ...args) {
        const evaluated = begin(this, args[0]);
        const result = original.apply(this, args);
        evaluated?.(result);
        return result;
      };
    });
    wrapMethod<(this: TfModel, ...args: unknown[]) => Promise<unknown>>(prototype, 'evaluateDataset', (original) => {
      const begin = this.#beginEvaluation.bind(this);
      return async function evaluateDataset(this: TfModel, ...args) {
        const evaluated = begin(this, args[0]);
        const result = await original.apply(this, args);
        evaluated?.(result);
        return result;
      };
    });
  }

  hookCallbackList(prototype: object): void {
    const attempt = this.#attempt;
    const validation = this.#validation;
    wrapMethod<(this: object, parameters: FitParameters) => unknown>(prototype, 'setParams', (original) => {
      const planned = this.#planned.bind(this);
      return function setParams(this: object, parameters) {
        attempt(() => { planned(parameters); });
        return original.call(this, parameters);
      };
    });
    wrapMethod<(this: object, model: TfModel) => unknown>(prototype, 'setModel', (original) => function setModel(this: object, model) {
      attempt(() => { validation.belongs(this, model); });
      return original.call(this, model);
    });
    for (const name of CALLBACKS) {
      const begun = (index: unknown): void => { if (name === 'onEpochBegin') this.#epoch = Number(index); };
      const ended = (index: unknown, logs: unknown): void => { this.#calledBack(name, Number(index), logs); };
      wrapMethod<AsyncMethod>(prototype, name, (original) => async function called(this: object, index, logs, ...rest) {
        begun(index);
        validation.enter(this);
        try {
          const result = await original.call(this, index, logs, ...rest);
          attempt(() => { ended(index, logs); });
          return result;
        } finally {
          validation.leave(this);
        }
      });
    }
  }

  #hookFit(prototype: object, name: 'fit' | 'fitDataset'): void {
    const fitting = this.#fitting;
    const validation = this.#validation;
    const called = (model: TfModel): void => { this.#attempt(() => { this.#called(name, model); }); };
    wrapMethod<(this: TfModel, data: unknown, ...rest: unknown[]) => Promise<unknown>>(prototype, name, (original) => async function fit(this: TfModel, data, ...rest) {
      called(this);
      // A second call while the first goes on is refused by tfjs, and does not end the first.
      if (fitting.has(this)) return original.call(this, data, ...rest);
      fitting.add(this);
      if (name === 'fitDataset') validation.begin(this, (rest[0] as FitDatasetArguments | undefined)?.validationData);
      try {
        return await original.call(this, data, ...rest);
      } finally {
        fitting.delete(this);
        validation.end(this);
      }
    });
  }

  #calledBack(name: string, index: number, logs: unknown): void {
    const source = name === 'onBatchEnd' ? 'batch' : name === 'onEpochEnd' ? 'epoch' : null;
    // The built-in callbacks have put their averages into the logs by now.
    if (source !== null && typeof logs === 'object' && logs !== null) this.#report(source, index, logs as Logs);
  }

  #planned({epochs, initialEpoch, samples, steps, batchSize}: FitParameters): void {
    const perEpoch = steps ?? (samples && batchSize ? Math.ceil(samples / batchSize) : null);
    if (!perEpoch || !epochs) return;
    const step = this.#step();
    this.#send({type: 'plan', step, totalSteps: step + perEpoch * (epochs - (initialEpoch ?? 0))});
  }

  #report(source: 'batch' | 'epoch', index: number, logs: Logs): void {
    if (this.#refused) return;
    const step = this.#step();
    if (source === 'batch') {
      if (step - this.#lastBatch < Math.floor(step / BATCHES_OVER_THE_RUN)) return;
      this.#lastBatch = step;
    }
    const values = readLogs(logs);
    if (Object.keys(values).length === 0) return;
    this.#send({
      type: 'metric', step, source, values,
      epoch: source === 'epoch' ? index : this.#epoch,
      batch: source === 'batch' ? index : null,
    });
  }

  /** @returns what is to get the result; null where it is not to be reported */
  #beginEvaluation(model: TfModel, data: unknown): ((result: unknown) => void) | null {
    // Validation within fit is reported by its epoch, as val_….
    const reported = this.#attempt(() => !this.#validation.isOwn(model, data) && !(this.#refused && this.#fitting.size > 0));
    return reported === true ? (result) => { this.#attempt(() => { this.#evaluated(model, result); }); } : null;
  }

  #evaluated(model: TfModel, result: unknown): void {
    const scalars = (Array.isArray(result) ? result : [result]) as TfTensor[];
    const names = evaluationNames(model, scalars.length);
    const values = readLogs(Object.fromEntries(names.map((name, at) => [name, scalars[scalars.length - names.length + at] as TfTensor])));
    if (Object.keys(values).length > 0) this.#send({type: 'metric', step: this.#step(), source: 'evaluate', epoch: null, batch: null, values});
  }
}

/** Position and size of a batch, which tfjs puts among its metrics. */
const BOOKKEEPING = new Set(['batch', 'size']);

function readLogs(logs: Logs): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, value] of Object.entries(logs)) {
    if (BOOKKEEPING.has(name)) continue;
    if (typeof value === 'number') values[name] = value;
    else if (typeof value?.dataSync === 'function' && !value.isDisposed && value.size === 1) values[name] = Number(value.dataSync()[0]);
  }
  return values;
}

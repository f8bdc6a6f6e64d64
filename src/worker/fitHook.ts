import type {RunEvent} from '../protocol/events';
import {wrapMethod} from './prototypeHooks';
import type {TfModel, TfTensor} from './tfjsTypes';

type Logs = Record<string, number | TfTensor>;
export type ModelCall = 'fit' | 'fitDataset' | 'trainOnBatch';
type AsyncMethod = (this: object, ...args: unknown[]) => Promise<unknown>;

/** In a long run batches are reported no closer than so many over its length: each is a line of text. */
const BATCHES_OVER_THE_RUN = 10_000;

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
  #epoch = 0;
  #lastBatch = -Infinity;
  #refused = false;

  /**
   * @param step number of the last finished step
   * @param called hears of each call of a method that trains
   */
  constructor(send: (event: RunEvent) => void, step: () => number, called: (call: ModelCall, model: TfModel) => void) {
    this.#send = send;
    this.#step = step;
    this.#called = called;
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
      const called = this.#called;
      return function trainOnBatch(this: TfModel, ...args) {
        called('trainOnBatch', this);
        return original.apply(this, args);
      };
    });
    wrapMethod<(this: TfModel, ...args: unknown[]) => unknown>(prototype, 'evaluate', (original) => {
      const evaluated = this.#evaluated.bind(this);
      return function evaluate(this: TfModel, ...args) {
        const result = original.apply(this, args);
        evaluated(this, result);
        return result;
      };
    });
    wrapMethod<(this: TfModel, ...args: unknown[]) => Promise<unknown>>(prototype, 'evaluateDataset', (original) => {
      const evaluated = this.#evaluated.bind(this);
      return async function evaluateDataset(this: TfModel, ...args) {
        const result = await original.apply(this, args);
        evaluated(this, result);
        return result;
      };
    });
  }

  hookCallbackList(prototype: object): void {
    wrapMethod<(this: object, parameters: FitParameters) => unknown>(prototype, 'setParams', (original) => {
      const planned = this.#planned.bind(this);
      return function setParams(this: object, parameters) {
        planned(parameters);
        return original.call(this, parameters);
      };
    });
    this.#hookLogs(prototype, 'onBatchEnd', (batch, logs) => { this.#report('batch', batch, logs); });
    this.#hookLogs(prototype, 'onEpochEnd', (epoch, logs) => { this.#report('epoch', epoch, logs); });
    wrapMethod<AsyncMethod>(prototype, 'onEpochBegin', (original) => {
      const begun = (epoch: unknown): void => { this.#epoch = Number(epoch); };
      return function onEpochBegin(this: object, epoch, ...rest) {
        begun(epoch);
        return original.call(this, epoch, ...rest);
      };
    });
  }

  #hookFit(prototype: object, name: 'fit' | 'fitDataset'): void {
    const fitting = this.#fitting;
    const called = this.#called;
    wrapMethod<(this: TfModel, ...args: unknown[]) => Promise<unknown>>(prototype, name, (original) => async function fit(this: TfModel, ...args) {
      called(name, this);
      // A second call while the first goes on is refused by tfjs, and does not end the first.
      const already = fitting.has(this);
      fitting.add(this);
      try {
        return await original.apply(this, args);
      } finally {
        if (!already) fitting.delete(this);
      }
    });
  }

  #hookLogs(prototype: object, name: string, seen: (index: number, logs: Logs) => void): void {
    wrapMethod<AsyncMethod>(prototype, name, (original) => async function logged(this: object, index, logs, ...rest) {
      const result = await original.call(this, index, logs, ...rest);
      // The built-in callbacks have put their averages into the logs by now.
      if (typeof logs === 'object' && logs !== null) seen(Number(index), logs as Logs);
      return result;
    });
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

  #evaluated(model: TfModel, result: unknown): void {
    // Validation within fit is reported by its epoch, as val_….
    if (this.#fitting.size > 0) return;
    const scalars = (Array.isArray(result) ? result : [result]) as TfTensor[];
    const names = model.metricsNames ?? [];
    const logs: Logs = {};
    scalars.forEach((scalar, index) => { logs[names[index] ?? (index === 0 ? 'loss' : `metric${index}`)] = scalar; });
    const values = readLogs(logs);
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

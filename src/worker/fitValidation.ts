import type {TfModel} from './tfjsTypes';

/**
 * Tells the validation that `fitDataset` makes by itself from an evaluation by the script: both call
 * `evaluate` or `evaluateDataset` of the model, but its own comes on its own data and between callbacks. `fit` calls neither.
 */
export class FitValidation {
  /** What each `fitDataset` that goes on validates on. */
  readonly #data = new Map<TfModel, unknown>();
  readonly #models = new WeakMap<object, TfModel>();
  readonly #calledBack = new Set<TfModel>();

  begin(model: TfModel, data: unknown): void {
    this.#data.set(model, data);
  }

  end(model: TfModel): void {
    this.#data.delete(model);
    this.#calledBack.delete(model);
  }

  /** The callbacks of a list are those of a fit of the model. */
  belongs(callbackList: object, model: TfModel): void {
    this.#models.set(callbackList, model);
  }

  enter(callbackList: object): void {
    const model = this.#models.get(callbackList);
    if (model !== undefined) this.#calledBack.add(model);
  }

  leave(callbackList: object): void {
    const model = this.#models.get(callbackList);
    if (model !== undefined) this.#calledBack.delete(model);
  }

  /** @param data what an evaluation of the model that begins now is made on */
  isOwn(model: TfModel, data: unknown): boolean {
    const own = this.#data.get(model);
    if (own === undefined || own === null || this.#calledBack.has(model)) return false;
    return data === own || Object.values(own).includes(data);
  }
}

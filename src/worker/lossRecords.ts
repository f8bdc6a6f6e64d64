import type {TfTensor} from './tfjsTypes';

interface LossRecord {
  variables: Set<string>;
  loss: TfTensor;
  /** Read when the script disposed of the tensor before its step. */
  value: number | null;
}

/** Losses whose gradients have been computed but not applied yet. */
export class LossRecords {
  #open: LossRecord[] = [];

  /** Remembers a loss, and reads it if the script disposes of it before the step. */
  add(loss: TfTensor, variables: readonly string[]): void {
    if (loss.size !== 1) return;
    const record: LossRecord = {variables: new Set(variables), loss, value: null};
    // An own property: neither the script's copy of the class nor other tensors change.
    loss.dispose = function dispose(this: TfTensor) {
      record.value ??= readScalar(this);
      release(this);
      this.dispose();
    };
    this.#open.push(record);
    // Gradients that are never applied (penalties, saliency) must not pile up.
    if (this.#open.length > MAX_OPEN) {
      const dropped = this.#open.shift();
      if (dropped) release(dropped.loss);
    }
  }

  /**
   * Takes the losses that led to a step on these variables: one as a rule, several when
   * gradients were accumulated. Their mean is the step's loss.
   * @returns null where none was seen, or none can be read any more
   */
  take(variables: readonly string[]): number | null {
    const mine = this.#open.filter((record) => variables.some((name) => record.variables.has(name)));
    this.#open = this.#open.filter((record) => !mine.includes(record));
    const values: number[] = [];
    for (const {value, loss} of mine) {
      const read = value ?? readScalar(loss);
      if (read !== null) values.push(read);
      release(loss);
    }
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}

const MAX_OPEN = 64;

function release(loss: TfTensor): void {
  Reflect.deleteProperty(loss, 'dispose');
}

/** Null where the tensor's data is gone, whichever way the script let go of it. */
function readScalar(tensor: TfTensor): number | null {
  try {
    return tensor.isDisposed ? null : Number(tensor.dataSync()[0]);
  } catch {
    return null;
  }
}

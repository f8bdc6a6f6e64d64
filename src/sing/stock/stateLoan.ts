import type {Optimizer, Tensor, Variable} from '@tensorflow/tfjs-core';
import {kernelsFor} from '../kernels/kernelChoice';
import {ParameterMemory} from '../parameterMemory';
import type {Tfjs} from '../tfjs';
import type {Accumulation, StockFields, StockKind} from './stockRules';

/** The optimizer's own accumulations of one parameter. */
type StockEntry = (Accumulation | null)[];

interface LoanRecord {
  /** null until it was in a step. */
  variable: Variable | null;
  memory: ParameterMemory;
  stock: StockEntry;
}

/**
 * What one of TensorFlow.js' own optimizers remembers, on loan to the kernels. While it lasts, its fields are accessors:
 * whoever touches one (getWeights, setWeights, dispose, its own applyGradients) makes the loan return first, so
 * that nobody ever sees old values. The variables it had stay its own; values are copied there and back.
 */
export class StateLoan {
  /** Powers of the betas, as float32. */
  powers: number[];
  private readonly records = new Map<string, LoanRecord>();
  /** Entries of the optimizer that no parameter has claimed. */
  private unclaimed: StockEntry[];
  /** Parameters of the last step, in its order: TensorFlow.js goes by place. */
  private order: readonly string[] = [];
  private readonly fields: string[];
  private readonly stockPowers: Variable[];

  private constructor(private readonly tf: Tfjs, private readonly optimizer: Optimizer, private readonly kind: StockKind, private readonly ended: () => void) {
    const fields = optimizer as unknown as StockFields & Record<string, Accumulation[]>;
    this.stockPowers = kind.powers.map((field) => fields[field]);
    this.powers = this.stockPowers.map((variable) => Math.fround(variable.dataSync()[0] ?? NaN));
    const lists = kind.lists.map(({field}) => fields[field] ?? []);
    const count = Math.max(0, ...lists.map((list) => list.length));
    this.unclaimed = Array.from({length: count}, (_, place) => lists.map((list) => list[place] ?? null));
    this.fields = [...kind.lists.map(({field}) => field), ...kind.powers];
  }

  /**
   * Begins a loan.
   * @param names parameters of the step that it begins with
   * @param ended called when it has been returned
   * @returns null where the optimizer has been disposed
   */
  static take(tf: Tfjs, optimizer: Optimizer, kind: StockKind, names: readonly string[], ended: () => void): StateLoan | null {
    const fields = optimizer as unknown as StockFields & Record<string, Accumulation[]>;
    const held = [...kind.powers.map((field) => fields[field]), ...kind.lists.flatMap(({field}) => (fields[field] ?? []).map((entry) => entry?.variable))];
    if (held.some((variable) => variable?.isDisposed)) return null;
    const loan = new StateLoan(tf, optimizer, kind, ended);
    loan.claim(names);
    loan.guard();
    return loan;
  }

  /** The memory of a parameter; a new one for a new variable, or for another variable under an old name. */
  memoryOf(name: string, variable: Variable): ParameterMemory {
    let record = this.records.get(name) ?? this.claimByName(name);
    if (record !== undefined && ((record.variable ?? variable) !== variable || !record.memory.fits(variable.shape))) {
      record.memory.release();
      record = {variable, memory: new ParameterMemory(variable.shape), stock: record.stock};
      this.records.set(name, record);
    }
    if (record === undefined) {
      this.forgetDisposed();
      record = {variable, memory: new ParameterMemory(variable.shape), stock: this.kind.lists.map(() => null)};
      this.records.set(name, record);
    }
    record.variable = variable;
    return record.memory;
  }

  /** A copy, the caller's, of one of the accumulations of a parameter, as `StockKind` orders them; null where there is none. The loan goes on. */
  copyOf(name: string, index: number): Tensor | null {
    return this.records.get(name)?.memory.copyOf(index) ?? null;
  }

  stepped(names: readonly string[]): void {
    this.order = names;
  }

  /** Ends the loan: the optimizer is as if it had made all steps itself. */
  giveBack(): void {
    this.ended();
    const target = this.optimizer as unknown as Record<string, unknown>;
    for (const field of this.fields) Object.defineProperty(target, field, {configurable: true, enumerable: true, writable: true, value: undefined});
    this.kind.powers.forEach((field, index) => {
      const variable = this.stockPowers[index]!;
      target[field] = variable;
      this.write(variable, this.tf.scalar(this.powers[index]!));
    });
    const lists = this.kind.lists.map((): (Accumulation | null)[] => []);
    const put = (entry: StockEntry): void => lists.forEach((list, index) => list.push(entry[index] ?? null));
    const names = [...this.order, ...[...this.records.keys()].filter((name) => !this.order.includes(name))];
    for (const name of names) {
      const entry = this.returned(name);
      if (entry !== null) put(entry);
    }
    this.unclaimed.forEach(put);
    this.kind.lists.forEach(({field}, index) => (target[field] = lists[index]));
    this.records.clear();
  }

  private returned(name: string): StockEntry | null {
    const record = this.records.get(name);
    const variable = record?.variable ?? this.tf.engine().registeredVariables[name];
    if (record === undefined && variable === undefined) return null;
    const copies = record?.memory.copies().arrays ?? [];
    const entry = this.kind.lists.map(({suffix}, index): Accumulation => {
      const stock = record?.stock[index] ?? null;
      const values = copies[index] ?? this.tf.zerosLike(variable!);
      if (stock !== null && sameShape(stock.variable, values)) {
        this.write(stock.variable, values);
        return stock;
      }
      stock?.variable.dispose();
      const made = this.tf.variable(values, false);
      values.dispose();
      return {originalName: stock?.originalName ?? `${name}/${suffix}`, variable: made};
    });
    record?.memory.release();
    return entry;
  }

  private write(variable: Variable, values: Tensor): void {
    variable.assign(values);
    values.dispose();
  }

  /** TensorFlow.js goes by place. By name it is surer, but a loaded model may have got new names altogether. */
  private claim(names: readonly string[]): void {
    if (names.some((name) => this.placeOf(name) >= 0)) {
      for (const name of names) this.claimByName(name);
      return;
    }
    const entries = this.unclaimed;
    this.unclaimed = entries.slice(names.length);
    names.forEach((name, place) => {
      const entry = entries[place];
      if (entry !== undefined) this.remember(name, entry);
    });
  }

  private claimByName(name: string): LoanRecord | undefined {
    const place = this.placeOf(name);
    if (place < 0) return undefined;
    const [entry] = this.unclaimed.splice(place, 1);
    return this.remember(name, entry!);
  }

  private placeOf(name: string): number {
    return this.unclaimed.findIndex((entry) => entry.some((accumulation, index) => accumulation?.originalName === `${name}/${this.kind.lists[index]!.suffix}`));
  }

  private remember(name: string, stock: StockEntry): LoanRecord {
    const tensors = stock.flatMap((accumulation) => (accumulation === null ? [] : [accumulation.variable]));
    const whole = tensors.length === this.kind.lists.length;
    const memory = whole ? ParameterMemory.of(kernelsFor(this.tf), tensors, null) : new ParameterMemory(tensors[0]?.shape ?? []);
    const record: LoanRecord = {variable: null, memory, stock};
    this.records.set(name, record);
    return record;
  }

  private forgetDisposed(): void {
    for (const [name, {variable, memory, stock}] of this.records) {
      if (variable?.isDisposed !== true) continue;
      memory.release();
      for (const accumulation of stock) accumulation?.variable.dispose();
      this.records.delete(name);
    }
  }

  private guard(): void {
    const target = this.optimizer as unknown as Record<string, unknown>;
    for (const field of this.fields) {
      Object.defineProperty(target, field, {
        configurable: true,
        enumerable: true,
        get: () => {
          this.giveBack();
          return target[field];
        },
        set: (value: unknown) => {
          this.giveBack();
          target[field] = value;
        },
      });
    }
  }
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.rank === b.rank && a.shape.every((size, axis) => size === b.shape[axis]);
}

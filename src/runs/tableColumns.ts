import type {Schema} from 'apache-arrow';
import type {Batch} from './arrowBatch';
import type {ColumnValues} from './arrowMessage';

export type NumberValues = Exclude<ColumnValues, Uint16Array>;

interface NumberArray {
  new (length: number): NumberValues;
}

/** Rows of several batches as one column each, of the types of a schema that has no lists. */
export class TableColumns {
  readonly #types: {name: string; arrayType: NumberArray}[];

  constructor(schema: Schema) {
    this.#types = schema.fields.map(({name, type}) => ({name, arrayType: (type as unknown as {ArrayType: NumberArray}).ArrayType}));
  }

  /** One column of all rows; NaN (0 for integers) where a batch lacks it. @param rows of all batches */
  column(batches: readonly Batch[], rows: number, name: string): Float64Array {
    const all = new Float64Array(rows);
    let at = 0;
    for (const {rows: length, numbers} of batches) {
      const values = numbers[name];
      if (values) all.set(values.subarray(0, length), at);
      else all.fill(NaN, at, at + length);
      at += length;
    }
    return all;
  }

  /** The picked rows, in the order of the schema's columns. @param picked places among the rows of all batches */
  pick(batches: readonly Batch[], rows: number, picked: Uint32Array): NumberValues[] {
    return this.#types.map(({name, arrayType}) => {
      const all = this.column(batches, rows, name);
      const values = new arrayType(picked.length);
      for (let i = 0; i < picked.length; i++) values[i] = all[picked[i] ?? 0] ?? NaN;
      return values;
    });
  }
}

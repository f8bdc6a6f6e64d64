const FIRST_CAPACITY = 64;

/** Named number columns of equal length that grow at the end. */
export class GrowingColumns<Name extends string> {
  /** Rows that are filled. */
  length = 0;
  private capacity = FIRST_CAPACITY;
  /** In the order of `names`: found by number in the loops over millions of rows. */
  private arrays: Float64Array[];

  constructor(private readonly names: readonly Name[]) {
    this.arrays = names.map(() => new Float64Array(FIRST_CAPACITY));
  }

  /** The filled part of a column; a view that is valid until the next append. */
  column(name: Name): Float64Array {
    return (this.arrays[this.names.indexOf(name)] as Float64Array).subarray(0, this.length);
  }

  /** Appends row `row` of the given columns. */
  append(columns: Partial<Record<Name, ArrayLike<number>>>, row: number): void {
    const at = this.extend(1);
    this.names.forEach((name, column) => this.set(column, at, columns[name]?.[row] ?? NaN));
  }

  /** Appends rows `from` up to `to` of the given columns. */
  appendRange(columns: Partial<Record<Name, Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array>>, from: number, to: number): void {
    const at = this.extend(to - from);
    this.names.forEach((name, column) => {
      const values = columns[name];
      if (values) this.arrays[column]?.set(values.subarray(from, to), at);
      else this.arrays[column]?.fill(NaN, at, at + to - from);
    });
  }

  /** Adds rows, which are then to be `set`. @returns the first of them */
  extend(rows: number): number {
    const at = this.length;
    this.length += rows;
    if (this.length > this.capacity) this.grow(this.length);
    return at;
  }

  /** Sets one number. @param column its place among the names */
  set(column: number, row: number, value: number): void {
    (this.arrays[column] as Float64Array)[row] = value;
  }

  /** Makes room for so many further rows at once. */
  reserve(rows: number): void {
    if (this.length + rows > this.capacity) this.grow(this.length + rows);
  }

  private grow(least: number): void {
    this.capacity = Math.max(this.capacity * 2, least);
    this.arrays = this.arrays.map((array) => {
      const grown = new Float64Array(this.capacity);
      grown.set(array);
      return grown;
    });
  }
}

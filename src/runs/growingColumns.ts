const FIRST_CAPACITY = 64;

/** Named number columns of equal length that grow at the end. */
export class GrowingColumns<Name extends string> {
  /** Rows that are filled. */
  length = 0;
  private arrays: Record<Name, Float64Array>;

  constructor(private readonly names: readonly Name[]) {
    this.arrays = this.allocate(FIRST_CAPACITY);
  }

  /** The filled part of a column; a view that is valid until the next append. */
  column(name: Name): Float64Array {
    return this.arrays[name].subarray(0, this.length);
  }

  /** Appends row `row` of the given columns. */
  append(columns: Partial<Record<Name, ArrayLike<number>>>, row: number): void {
    this.reserve(1);
    for (const name of this.names) this.arrays[name][this.length] = columns[name]?.[row] ?? NaN;
    this.length++;
  }

  /** Appends `rows` rows of the given columns. */
  appendAll(columns: Partial<Record<Name, ArrayLike<number>>>, rows: number): void {
    this.reserve(rows);
    for (const name of this.names) {
      const values = columns[name];
      if (values) this.arrays[name].set(values, this.length);
    }
    this.length += rows;
  }

  private reserve(rows: number): void {
    const capacity = this.arrays[this.names[0] as Name].length;
    if (this.length + rows <= capacity) return;
    const grown = this.allocate(Math.max(capacity * 2, this.length + rows));
    for (const name of this.names) grown[name].set(this.column(name));
    this.arrays = grown;
  }

  private allocate(capacity: number): Record<Name, Float64Array> {
    return Object.fromEntries(this.names.map((name) => [name, new Float64Array(capacity)])) as Record<Name, Float64Array>;
  }
}

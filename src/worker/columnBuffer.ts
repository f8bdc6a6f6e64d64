/** Rows of numbers that wait for the next batch, one growing float64 array a column. */
export class ColumnBuffer {
  #rows = 0;
  #data: Float64Array;

  constructor(readonly width: number) {
    this.#data = new Float64Array(width * 256);
  }

  get rows(): number {
    return this.#rows;
  }

  push(row: readonly number[]): void {
    const at = this.#rows * this.width;
    if (at + this.width > this.#data.length) {
      const grown = new Float64Array(this.#data.length * 2);
      grown.set(this.#data);
      this.#data = grown;
    }
    for (let column = 0; column < this.width; column++) this.#data[at + column] = row[column] ?? NaN;
    this.#rows++;
  }

  /** Column `index` of all rows, written into `into` (as long as `rows`). */
  column<T extends Int32Array | Uint32Array | Float32Array | Float64Array>(index: number, into: T): T {
    for (let row = 0; row < this.#rows; row++) into[row] = this.#data[row * this.width + index] as number;
    return into;
  }

  clear(): void {
    this.#rows = 0;
  }
}

/**
 * A table of a FlatBuffer, read with every position checked: a DataView throws a RangeError
 * outside its bytes, and vectors are checked here. The library's own accessors trust the bytes,
 * and a record that was damaged on disk can make them loop over billions of elements.
 * Layout: https://flatbuffers.dev/internals/
 */
export class FlatTable {
  private constructor(private readonly view: DataView, private readonly at: number) {}

  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  byte(field: number): number {
    const at = this.position(field);
    return at === 0 ? 0 : this.view.getUint8(at);
  }

  long(field: number): number {
    const at = this.position(field);
    return at === 0 ? 0 : this.count(at);
  }

  table(field: number): FlatTable | null {
    const at = this.position(field);
    return at === 0 ? null : new FlatTable(this.view, at + this.view.getUint32(at, true));
  }

  string(field: number): string {
    const {at, length} = this.vector(field, 1);
    return Buffer.from(this.view.buffer, this.view.byteOffset + at, length).toString('utf8');
  }

  /** Tables of a vector of tables. */
  tables(field: number): FlatTable[] {
    const {at, length} = this.vector(field, 4);
    return Array.from({length}, (_, i) => new FlatTable(this.view, at + 4 * i + this.view.getUint32(at + 4 * i, true)));
  }

  /** Pairs of a vector of structs that hold two 64-bit integers. */
  pairs(field: number): [number, number][] {
    const {at, length} = this.vector(field, 16);
    return Array.from({length}, (_, i) => [this.count(at + 16 * i), this.count(at + 16 * i + 8)]);
  }

  /** A 64-bit integer that counts something, without the detour of a BigInt. */
  private count(at: number): number {
    const value = this.view.getInt32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) throw new RangeError('a length is impossible');
    return value;
  }

  private vector(field: number, size: number): {at: number; length: number} {
    const position = this.position(field);
    if (position === 0) return {at: 0, length: 0};
    const start = position + this.view.getUint32(position, true);
    const length = this.view.getUint32(start, true);
    if (start + 4 + length * size > this.view.byteLength) throw new RangeError('a vector reaches beyond its message');
    return {at: start + 4, length};
  }

  private position(field: number): number {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const slot = 4 + 2 * field;
    if (slot >= this.view.getUint16(vtable, true)) return 0;
    const offset = this.view.getUint16(vtable + slot, true);
    return offset === 0 ? 0 : this.at + offset;
  }
}

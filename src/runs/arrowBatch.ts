import {Type, type DataType, type Field, type Schema} from 'apache-arrow';
import {laterColumns} from '../protocol/tables';
import {FlatTable} from './flatTable';

// Field numbers and kinds of https://github.com/apache/arrow/blob/main/format/Message.fbs and Schema.fbs.
const MESSAGE = {headerType: 1, header: 2, bodyLength: 3} as const;
const HEADER_SCHEMA = 1;
const HEADER_BATCH = 3;
const SCHEMA = {fields: 1} as const;
const FIELD = {name: 0, typeId: 2, type: 3, children: 5} as const;
const INT = {bitWidth: 0, isSigned: 1} as const;
const FLOAT = {precision: 0} as const;
const FLOAT_BITS = [16, 32, 64];
const BATCH = {length: 0, nodes: 1, buffers: 2, compression: 3} as const;

export type NumberColumn = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array;
interface NumberColumnType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): NumberColumn;
}

/** A column whose rows are lists: row `i` is `values` from `offsets[i]` up to `offsets[i + 1]`. */
export interface ListColumn {
  values: NumberColumn;
  offsets: Int32Array;
}

/** One record batch: its numeric columns and its list columns by name, each with `rows` rows. */
export interface Batch {
  rows: number;
  numbers: Record<string, NumberColumn>;
  lists: Record<string, ListColumn>;
}

/** A column as the file's schema has it; `form` is its type as the library writes it, e.g. Int32 or List<Uint16>. */
export interface FileField {
  name: string;
  type: number;
  form: string;
}

/** What stands in front of a message's body. */
export interface MessageHead {
  kind: 'schema' | 'batch' | 'other';
  header: FlatTable | null;
  bodyLength: number;
}

/** @throws RangeError where the bytes are no message */
export function readHead(metadata: Uint8Array): MessageHead {
  const message = FlatTable.root(metadata);
  const type = message.byte(MESSAGE.headerType);
  return {
    kind: type === HEADER_SCHEMA ? 'schema' : type === HEADER_BATCH ? 'batch' : 'other',
    header: message.table(MESSAGE.header),
    bodyLength: message.long(MESSAGE.bodyLength),
  };
}

/** Columns that a schema message names. @throws RangeError where it is damaged */
export function readFields(header: FlatTable): FileField[] {
  return header.tables(SCHEMA.fields).map((field) => ({name: field.string(FIELD.name), type: field.byte(FIELD.typeId), form: formOf(field)}));
}

function formOf(field: FlatTable): string {
  const type = field.byte(FIELD.typeId);
  const details = field.table(FIELD.type);
  if (type === Type.Int && details) return `${details.byte(INT.isSigned) === 0 ? 'Uint' : 'Int'}${details.byte(INT.bitWidth)}`;
  if (type === Type.Float && details) return `Float${FLOAT_BITS[details.byte(FLOAT.precision)] ?? '?'}`;
  if (type === Type.List) return `List<${field.tables(FIELD.children).map(formOf).join(', ')}>`;
  return Type[type] ?? 'of an unknown type';
}

/**
 * Takes the columns that we know out of a record batch.
 * @param fields columns of the file, which may be more than `expected`
 * @throws RangeError where the batch is damaged or lacks a column
 */
export function readBatch(header: FlatTable, body: Uint8Array, fields: FileField[], expected: Schema): Batch {
  if (header.table(BATCH.compression)) throw new RangeError('the batch is compressed');
  const batch = new BatchBuffers(header, body);
  const result: Batch = {rows: batch.rows, numbers: {}, lists: {}};
  for (const {name, type, form} of fields) {
    const known = expected.fields.find((field) => field.name === name);
    if (known && String(known.type) !== form) throw new RangeError(`column ${name} is ${form} and should be ${String(known.type)}`);
    if (type === Type.List) {
      const list = batch.list(name, arrayType(known?.type.children?.[0]));
      if (known) result.lists[name] = list;
    } else if (type === Type.Int || type === Type.Float) {
      const column = batch.numbers(name, batch.rows, arrayType(known));
      if (known) result.numbers[name] = column;
    } else {
      throw new RangeError(`column ${name} has a type that is not read`);
    }
  }
  for (const {name} of expected.fields) {
    if (!(name in result.numbers) && !(name in result.lists) && !laterColumns.has(name)) throw new RangeError(`column ${name} is missing`);
  }
  return result;
}

/** Columns that we don't know are walked over as bytes. */
function arrayType(field: Field | undefined): NumberColumnType | null {
  return field ? ((field.type as DataType & {ArrayType: NumberColumnType}).ArrayType) : null;
}

/** Hands out the buffers of a batch in the order in which Arrow lays its columns down. */
class BatchBuffers {
  readonly rows: number;
  private readonly nodes: [number, number][];
  private readonly buffers: [number, number][];

  constructor(header: FlatTable, private readonly body: Uint8Array) {
    this.rows = header.long(BATCH.length);
    this.nodes = header.pairs(BATCH.nodes);
    this.buffers = header.pairs(BATCH.buffers);
  }

  numbers(name: string, rows: number, type: NumberColumnType | null): NumberColumn {
    this.node(name, rows);
    const bytes = this.buffer(name);
    if (type === null) return new Uint16Array();
    const width = type.BYTES_PER_ELEMENT;
    if (bytes.length < rows * width) throw new RangeError(`column ${name} is cut short`);
    // Arrow aligns columns; only a file that does not is copied.
    if (bytes.byteOffset % width === 0) return new type(bytes.buffer, bytes.byteOffset, rows);
    return new type(bytes.slice(0, rows * width).buffer);
  }

  list(name: string, type: NumberColumnType | null): ListColumn {
    this.node(name, this.rows);
    const bytes = this.buffer(name);
    if (bytes.length < (this.rows + 1) * 4 && this.rows > 0) throw new RangeError(`column ${name} is cut short`);
    const offsets = this.rows === 0 ? new Int32Array(1) : new Int32Array(bytes.slice(0, (this.rows + 1) * 4).buffer);
    for (let row = 0; row < this.rows; row++) {
      if ((offsets[row] ?? -1) < 0 || (offsets[row + 1] ?? -1) < (offsets[row] ?? 0)) throw new RangeError(`column ${name} has impossible offsets`);
    }
    return {offsets, values: this.numbers(name, offsets[this.rows] ?? 0, type)};
  }

  /** Takes a column's node and its validity buffer. A list's items may be more than its offsets reach. */
  private node(name: string, rows: number): void {
    const [length, nulls] = this.nodes.shift() ?? [-1, 0];
    if (length < rows || nulls !== 0) throw new RangeError(`column ${name} is damaged`);
    this.buffer(name);
  }

  private buffer(name: string): Uint8Array {
    const [offset, length] = this.buffers.shift() ?? [0, Infinity];
    if (offset + length > this.body.length) throw new RangeError(`column ${name} reaches beyond its batch`);
    return this.body.subarray(offset, offset + length);
  }
}

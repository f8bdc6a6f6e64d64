import {Message, RecordBatchReader, type RecordBatch, type Schema, type Vector} from 'apache-arrow';
import {readFileRange} from './fileTail';

const CHUNK = 1 << 22;
const CONTINUATION = 0xffffffff;
const PREFIX = 8;

export type NumberColumn = Float64Array | Float32Array | Int32Array | Uint32Array | Uint16Array;

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

/**
 * Reads an Arrow IPC stream file while the recorder appends it: complete messages only, each once.
 * A torn end stays unread until it is completed; a stream needs no end mark.
 */
export class ArrowTail {
  /** Set once the file holds what no Arrow message begins with; nothing after it is read. */
  damage: string | null = null;
  /** Bytes of a message that is not complete. */
  tornBytes = 0;
  private offset = 0;
  private schema: Uint8Array | null = null;

  /** @param expected columns that the file must have; more are let be */
  constructor(private readonly path: string, private readonly expected: Schema) {}

  /** Batches that were completed since the last call. */
  read(): Batch[] {
    const batches: Batch[] = [];
    for (let length = CHUNK; this.damage === null; ) {
      const range = readFileRange(this.path, this.offset, length);
      if (range === null || range.bytes.length === 0) break;
      try {
        const {end, need} = this.consume(range.bytes, batches);
        this.offset += end;
        this.tornBytes = range.size - this.offset;
        if (end === 0 && need > this.tornBytes) break;
        length = Math.max(CHUNK, need);
        if (this.tornBytes === 0) break;
      } catch (error) {
        this.damage = error instanceof Error ? error.message : String(error);
      }
    }
    return batches;
  }

  /** Takes the complete messages in `bytes`; says where they end and how many bytes the next one needs. */
  private consume(bytes: Uint8Array, batches: Batch[]): {end: number; need: number} {
    let at = 0;
    let need = PREFIX;
    for (;;) {
      const message = frame(bytes, at);
      need = message.length;
      if (!message.complete) return {end: at, need};
      const part = bytes.subarray(at, at + message.length);
      if (message.kind === 'schema') this.schema = part.slice();
      if (message.kind === 'batch') batches.push(this.decode(part));
      at += message.length;
    }
  }

  private decode(message: Uint8Array): Batch {
    if (this.schema === null) throw new Error('a batch stands before the schema');
    const stream = new Uint8Array(this.schema.length + message.length);
    stream.set(this.schema);
    stream.set(message, this.schema.length);
    const reader = RecordBatchReader.from(stream);
    for (const batch of reader) return columnsOf(batch, this.expected);
    throw new Error('a batch could not be decoded');
  }
}

interface Frame {
  /** Bytes of the message with prefix and body, as far as they are known. */
  length: number;
  complete: boolean;
  kind: 'schema' | 'batch' | 'end' | 'other';
}

function frame(bytes: Uint8Array, at: number): Frame {
  const left = bytes.length - at;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, left);
  if (left < PREFIX) return {length: PREFIX, complete: false, kind: 'other'};
  if (view.getUint32(0, true) !== CONTINUATION) throw new Error('no Arrow message begins where one should');
  const metadataLength = view.getInt32(4, true);
  if (metadataLength < 0) throw new Error('a message has a negative length');
  if (metadataLength === 0) return {length: PREFIX, complete: true, kind: 'end'};
  const head = PREFIX + metadataLength;
  if (left < head) return {length: head, complete: false, kind: 'other'};
  const message = Message.decode(bytes.subarray(at + PREFIX, at + head));
  const {bodyLength} = message;
  if (!Number.isSafeInteger(bodyLength) || bodyLength < 0) throw new Error('a message has an impossible body');
  const length = head + bodyLength;
  const kind = message.isSchema() ? 'schema' : message.isRecordBatch() ? 'batch' : 'other';
  return {length, complete: left >= length, kind};
}

function columnsOf(batch: RecordBatch, expected: Schema): Batch {
  const rows = batch.numRows;
  const result: Batch = {rows, numbers: {}, lists: {}};
  for (const {name} of expected.fields) {
    const column = batch.getChild(name) as Vector | null;
    const data = column?.data[0];
    if (!data) throw new Error(`column ${name} is missing`);
    const child = data.children[0];
    if (child) {
      const offsets = data.valueOffsets as Int32Array;
      const values = child.values as NumberColumn;
      if (offsets.length < rows + 1 || (offsets[rows] ?? 0) > values.length) throw new Error(`column ${name} is cut short`);
      result.lists[name] = {values, offsets};
    } else {
      const values = data.values as NumberColumn;
      if (values.length < rows) throw new Error(`column ${name} is cut short`);
      result.numbers[name] = values.subarray(0, rows);
    }
  }
  return result;
}

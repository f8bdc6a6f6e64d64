import {RecordBatch, RecordBatchStreamWriter, Struct, makeData, type Data, type DataType, type Float, type Int, type List, type Schema} from 'apache-arrow';
import {closeSync, openSync, writeSync} from 'node:fs';

/** Length of the marker that ends an Arrow stream; left out, so that more can follow. */
const END_OF_STREAM_BYTES = 8;

/** A list column of one batch: every row's values one after another. */
export interface ListColumn {
  offsets: Int32Array;
  values: Uint16Array | Uint32Array;
}

export type Column = Int32Array | Uint32Array | Float32Array | Float64Array | ListColumn;

/**
 * Appends record batches to an Arrow IPC stream file, each as one write.
 * The end-of-stream marker is never written: readers take a stream that ends between messages.
 */
export class ArrowWriter {
  readonly #schema: Schema;
  readonly #file: number;
  #schemaBytes = 0;

  /** Creates the file, which must not exist, and writes the schema. */
  constructor(path: string, schema: Schema) {
    this.#schema = schema;
    const head = encode(schema, []);
    this.#schemaBytes = head.length - END_OF_STREAM_BYTES;
    this.#file = openSync(path, 'wx', 0o644);
    writeAll(this.#file, head.subarray(0, this.#schemaBytes));
  }

  /** @param columns in the order of the schema, each `rows` long */
  append(rows: number, columns: readonly Column[]): void {
    if (rows === 0) return;
    const children = this.#schema.fields.map((field, index) => columnData(field.type as DataType, rows, columns[index]));
    const batch = new RecordBatch(this.#schema, makeData({type: new Struct(this.#schema.fields), length: rows, nullCount: 0, children}));
    const bytes = encode(this.#schema, [batch]);
    writeAll(this.#file, bytes.subarray(this.#schemaBytes, bytes.length - END_OF_STREAM_BYTES));
  }

  close(): void {
    closeSync(this.#file);
  }
}

function encode(schema: Schema, batches: readonly RecordBatch[]): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}

function columnData(type: DataType, length: number, column: Column | undefined): Data {
  if (column === undefined) throw new RangeError('a column of the batch is missing');
  if ('offsets' in column) {
    const list = type as List;
    const child = makeData({type: list.children[0]?.type as Int, length: column.values.length, nullCount: 0, data: column.values});
    return makeData({type: list, length, nullCount: 0, valueOffsets: column.offsets, child});
  }
  return makeData({type: type as Int | Float, length, nullCount: 0, data: column} as Parameters<typeof makeData>[0]);
}

/** A full disk may take a part of the bytes: the rest must be tried, so that the error is seen. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done);
}

import {RecordBatchStreamWriter, type Schema} from 'apache-arrow';
import {Buffer as ArrowBuffer} from 'apache-arrow/fb/buffer';
import {FieldNode} from 'apache-arrow/fb/field-node';
import {Message} from 'apache-arrow/fb/message';
import {MessageHeader} from 'apache-arrow/fb/message-header';
import {MetadataVersion} from 'apache-arrow/fb/metadata-version';
import {RecordBatch} from 'apache-arrow/fb/record-batch';
import {Builder} from 'flatbuffers';

/** Length of the marker that ends an Arrow stream; left out, so that more can follow. */
const END_OF_STREAM_BYTES = 8;
const ALIGNMENT = 8;
const CONTINUATION = 0xffffffff;
const PREFIX = 8;
const BUILDER_BYTES = 2048;

export type ColumnValues = Int32Array | Uint32Array | Uint16Array | Float32Array | Float64Array;

/** A list column of one batch: every row's values one after another. */
export interface ListColumn {
  offsets: Int32Array;
  values: Uint16Array | Uint32Array;
}

export type Column = Exclude<ColumnValues, Uint16Array> | ListColumn;

/**
 * Writes record batches without nulls as encapsulated IPC messages. The library's own writer makes a stream, a schema and some hundred
 * objects for each; here a batch of some rows takes a twentieth of that, on a core that the training wants too.
 * Layout: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export class BatchMessages {
  readonly #builder = new Builder(BUILDER_BYTES);

  /** @param columns in the order of the schema, each `rows` long */
  encode(rows: number, columns: readonly Column[]): Uint8Array {
    const nodes: number[] = [];
    const buffers: ColumnValues[] = [];
    for (const column of columns) {
      nodes.push(rows);
      if ('offsets' in column) {
        nodes.push(column.values.length);
        buffers.push(column.offsets, column.values);
      } else {
        buffers.push(column);
      }
    }
    const offsets: number[] = [];
    let bodyLength = 0;
    for (const {byteLength} of buffers) {
      offsets.push(bodyLength);
      bodyLength += aligned(byteLength);
    }
    const metadata = this.#metadata(rows, nodes, buffers, offsets, bodyLength);
    const metadataLength = aligned(metadata.length);
    const message = new Uint8Array(PREFIX + metadataLength + bodyLength);
    const view = new DataView(message.buffer);
    view.setUint32(0, CONTINUATION, true);
    view.setInt32(4, metadataLength, true);
    message.set(metadata, PREFIX);
    buffers.forEach((values, i) => {
      message.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), PREFIX + metadataLength + (offsets[i] ?? 0));
    });
    return message;
  }

  #metadata(rows: number, nodes: readonly number[], buffers: readonly ColumnValues[], offsets: readonly number[], bodyLength: number): Uint8Array {
    const builder = this.#builder;
    builder.clear();
    // Each column's buffer stands behind the empty one of its validity. FlatBuffers are written from their end.
    RecordBatch.startBuffersVector(builder, 2 * buffers.length);
    for (let i = buffers.length - 1; i >= 0; i--) {
      const at = BigInt(offsets[i] ?? 0);
      ArrowBuffer.createBuffer(builder, at, BigInt(buffers[i]?.byteLength ?? 0));
      ArrowBuffer.createBuffer(builder, at, 0n);
    }
    const bufferVector = builder.endVector();
    RecordBatch.startNodesVector(builder, nodes.length);
    for (let i = nodes.length - 1; i >= 0; i--) FieldNode.createFieldNode(builder, BigInt(nodes[i] ?? 0), 0n);
    const nodeVector = builder.endVector();
    RecordBatch.startRecordBatch(builder);
    RecordBatch.addLength(builder, BigInt(rows));
    RecordBatch.addNodes(builder, nodeVector);
    RecordBatch.addBuffers(builder, bufferVector);
    const batch = RecordBatch.endRecordBatch(builder);
    Message.startMessage(builder);
    Message.addVersion(builder, MetadataVersion.V5);
    Message.addHeaderType(builder, MessageHeader.RecordBatch);
    Message.addHeader(builder, batch);
    Message.addBodyLength(builder, BigInt(bodyLength));
    Message.finishMessageBuffer(builder, Message.endMessage(builder));
    return builder.asUint8Array();
  }
}

/** The message that a stream begins with. */
export function schemaMessage(schema: Schema): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  const bytes = writer.toUint8Array(true);
  return bytes.subarray(0, bytes.length - END_OF_STREAM_BYTES);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

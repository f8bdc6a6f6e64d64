import type {Schema} from 'apache-arrow';
import {readBatch, readFields, readHead, type Batch, type FileField, type MessageHead} from './arrowBatch';
import {readFileRange} from './fileTail';

const CHUNK = 1 << 22;
const CONTINUATION = 0xffffffff;
const PREFIX = 8;

/**
 * Reads an Arrow IPC stream file while the recorder appends it: complete messages only, each once.
 * A torn end stays unread until it is completed; a stream needs no end mark.
 * Framing: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export class ArrowTail {
  /** Why the file can't be read on; null while it can. Nothing after the damage is read. */
  damage: string | null = null;
  /** Bytes of a message that is not complete. */
  tornBytes = 0;
  private offset = 0;
  private fields: FileField[] | null = null;

  /** @param expected columns that the file must have; more are let be */
  constructor(private readonly path: string, private readonly expected: Schema) {}

  /** Batches that were completed since the last call. */
  read(): Batch[] {
    const batches: Batch[] = [];
    for (let length = CHUNK; this.damage === null; ) {
      const range = readFileRange(this.path, this.offset, length);
      if (range === null || range.bytes.length === 0) break;
      const before = this.offset;
      const need = this.consume(range.bytes, batches);
      this.tornBytes = range.size - this.offset;
      if (need > this.tornBytes || (this.offset === before && need <= range.bytes.length)) break;
      length = Math.max(CHUNK, need);
    }
    return batches;
  }

  /** Takes the complete messages in `bytes`; returns how many bytes the one after them needs, as far as that is known. */
  private consume(bytes: Uint8Array, batches: Batch[]): number {
    let at = 0;
    try {
      for (;;) {
        const {head, bodyAt, length} = frame(bytes.subarray(at));
        if (head === null || at + length > bytes.length) return length;
        const body = bytes.subarray(at + bodyAt, at + length);
        if (head.kind === 'schema' && head.header) this.fields = readFields(head.header);
        if (head.kind === 'batch' && head.header) batches.push(readBatch(head.header, body, this.fields ?? [], this.expected));
        at += length;
        this.offset += length;
      }
    } catch (error) {
      this.damage = error instanceof Error ? error.message : String(error);
      return 0;
    }
  }
}

/** The message that `bytes` begin with; `head` is null while its metadata is not complete. */
function frame(bytes: Uint8Array): {head: MessageHead | null; bodyAt: number; length: number} {
  if (bytes.length < PREFIX) return {head: null, bodyAt: 0, length: PREFIX};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== CONTINUATION) throw new RangeError('no Arrow message begins where one should');
  const metadata = view.getInt32(4, true);
  if (metadata < 0) throw new RangeError('a message has an impossible length');
  // An end mark; the recorder writes none, others that compact a run may.
  if (metadata === 0) return {head: {kind: 'other', header: null, bodyLength: 0}, bodyAt: PREFIX, length: PREFIX};
  const bodyAt = PREFIX + metadata;
  if (bytes.length < bodyAt) return {head: null, bodyAt, length: bodyAt};
  const head = readHead(bytes.subarray(PREFIX, bodyAt));
  return {head, bodyAt, length: bodyAt + head.bodyLength};
}

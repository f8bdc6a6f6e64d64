import type {Schema} from 'apache-arrow';
import {readBatch, readFields, readHead, type Batch, type FileField, type MessageHead} from './arrowBatch';
import {readFileRange} from './fileTail';
import type {FlatTable} from './flatTable';

const CHUNK = 1 << 22;
const CONTINUATION = 0xffffffff;
const PREFIX = 8;

/**
 * Reads an Arrow IPC stream file while the recorder appends it: complete messages only, each once.
 * A torn end stays unread until it is completed; a stream needs no end mark. Where another file has taken the place of the one that was
 * read, it begins again: `FollowedTable` hands out what is new in it.
 * Framing: https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format
 */
export class ArrowTail {
  /** Why the file can't be read on; null while it can. Nothing after the damage is read. */
  damage: string | null = null;
  /** Bytes of a message that is not complete. */
  tornBytes = 0;
  /** Another file took the place of the one that was read. */
  beganAgain = false;
  /** All that the file held at the last call was read. */
  atEnd = false;
  /** The last call stopped at its limit: there may be more to read at once. */
  isBehind = false;
  private offset = 0;
  private identity: string | null = null;
  private fields: FileField[] | null = null;

  /** @param expected columns that the file must have; more are let be */
  constructor(private readonly path: string, private readonly expected: Schema) {}

  /** Batches that were completed since the last call. @param most bytes after which to stop, at the end of a piece of the file */
  read(most = Infinity): Batch[] {
    const batches: Batch[] = [];
    let start = this.offset;
    for (let length = Math.min(CHUNK, most); this.damage === null && this.offset - start < most; ) {
      const range = readFileRange(this.path, this.offset, length);
      if (range !== null && range.identity !== (this.identity ?? range.identity)) {
        this.beginAgain();
        start = 0;
        continue;
      }
      this.identity = range?.identity ?? this.identity;
      if (range === null || range.bytes.length === 0) break;
      const before = this.offset;
      const need = this.consume(range.bytes, batches);
      this.tornBytes = range.size - this.offset;
      this.atEnd = this.tornBytes === 0;
      if (need > this.tornBytes || (this.offset === before && need <= range.bytes.length)) break;
      length = Math.max(Math.min(CHUNK, most), need);
    }
    this.isBehind = this.damage === null && this.offset - start >= most;
    // What lies behind a limit is not torn, only not read yet.
    if (this.isBehind) this.tornBytes = 0;
    return batches;
  }

  private beginAgain(): void {
    this.beganAgain = true;
    this.identity = null;
    this.fields = null;
    this.offset = 0;
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

/** All complete batches of a whole stream. `damage`: why it can't be read to its end; null where it can. */
export function readStream(bytes: Uint8Array, expected: Schema): {batches: Batch[]; damage: string | null} {
  const batches: Batch[] = [];
  let fields: FileField[] = [];
  try {
    for (let at = 0; at < bytes.length; ) {
      const {head, bodyAt, length} = frame(bytes.subarray(at));
      if (head === null || at + length > bytes.length) return {batches, damage: 'it ends in the middle of a batch'};
      if (head.kind === 'schema' && head.header) fields = readFields(head.header);
      if (head.kind === 'batch' && head.header) batches.push(readBatch(head.header, bytes.subarray(at + bodyAt, at + length), fields, expected));
      at += length;
    }
    return {batches, damage: null};
  } catch (error) {
    return {batches, damage: error instanceof Error ? error.message : String(error)};
  }
}

/** How much of the end of a file is looked at for its last batch, at first and at most. */
const END_BYTES = [1 << 14, 1 << 22];
/** A short run lies in it whole. */
const HEAD_BYTES = 1 << 15;
const ALIGNMENT = 8;

/**
 * The last complete batch of a stream file, found from its end: for whoever wants no more than where a
 * run stands. null where there is none, or it can't be told.
 * @param expected columns that the file must have
 */
export function readLastBatch(path: string, expected: Schema): Batch | null {
  try {
    const head = readFileRange(path, 0, HEAD_BYTES);
    const schema = head === null ? null : frame(head.bytes).head;
    if (head === null || schema?.kind !== 'schema' || schema.header === null) return null;
    const fields = readFields(schema.header);
    for (const length of END_BYTES) {
      const from = Math.max(0, head.size - length);
      const start = from - (from % ALIGNMENT);
      const bytes = head.size <= head.bytes.length ? head.bytes.subarray(start) : readFileRange(path, start, length + ALIGNMENT)?.bytes;
      const batch = bytes === undefined ? null : lastBatchIn(bytes);
      if (batch !== null) return readBatch(batch.header, batch.body, fields, expected);
      if (from === 0) return null;
    }
  } catch {
    // Damaged: `ArrowTail` tells how.
  }
  return null;
}

/** Messages begin at multiples of 8 bytes; one is believed only when those after it follow up to the end. */
function lastBatchIn(bytes: Uint8Array): {header: FlatTable; body: Uint8Array} | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + PREFIX <= bytes.length; at += ALIGNMENT) {
    const found = view.getUint32(at, true) === CONTINUATION ? walk(bytes, at) : null;
    if (found !== null) return found;
  }
  return null;
}

function walk(bytes: Uint8Array, start: number): {header: FlatTable; body: Uint8Array} | null {
  let last: {header: FlatTable; body: Uint8Array} | null = null;
  try {
    for (let at = start; at < bytes.length; ) {
      const {head, bodyAt, length} = frame(bytes.subarray(at));
      if (head === null || at + length > bytes.length) return last;
      if (head.kind === 'batch' && head.header) last = {header: head.header, body: bytes.subarray(at + bodyAt, at + length)};
      at += length;
    }
    return last;
  } catch {
    return null;
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

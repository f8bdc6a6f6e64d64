import {join} from 'node:path';
import * as v from 'valibot';
import {runEventSchema, type RunEvent} from '../protocol/events';
import {runFiles} from '../protocol/runFolder';
import {readFileRange} from './fileTail';

const CHUNK = 1 << 22;
const NEW_LINE = 0x0a;
const decoder = new TextDecoder();
const knownTypes = new Set<string>(runEventSchema.options.map((option) => option.entries.type.literal));

/** Reads the lines of a run's events.jsonl, each once, while the recorder appends them. */
export class EventLog {
  /** Lines that could not be read: not JSON, or not as the schema has it. */
  damagedLines = 0;
  /** Lines of types that this version does not know. */
  unknownLines = 0;
  /** Bytes after the last line break: a line that is being written, or was torn. */
  tornBytes = 0;
  private readonly path: string;
  private readonly skipped: readonly string[];
  private offset = 0;

  /** @param without types whose lines are passed over unread, where only others are wanted */
  constructor(dir: string, without: readonly RunEvent['type'][] = []) {
    this.path = join(dir, runFiles.events);
    this.skipped = without.map((type) => `{"type":"${type}"`);
  }

  /** Events whose lines were completed since the last call. @param most bytes after which to stop, at the end of a piece of the file */
  read(most = Infinity): RunEvent[] {
    const events: RunEvent[] = [];
    const start = this.offset;
    for (let length = CHUNK; ; ) {
      const range = readFileRange(this.path, this.offset, length);
      if (range === null) return events;
      const end = range.bytes.lastIndexOf(NEW_LINE);
      for (const line of decoder.decode(range.bytes.subarray(0, end + 1)).split('\n')) {
        const event = line.trim() === '' || this.skipped.some((head) => line.startsWith(head)) ? null : this.parse(line);
        if (event) events.push(event);
      }
      this.offset += end + 1;
      this.tornBytes = Math.max(0, range.size - this.offset);
      if (range.bytes.length < length) return events;
      if (this.offset - start >= most) {
        // What lies behind a limit is not torn, only not read yet.
        this.tornBytes = 0;
        return events;
      }
      if (end < 0) length *= 2;
    }
  }

  private parse(line: string): RunEvent | null {
    let json: unknown;
    try {
      json = JSON.parse(line);
    } catch {
      this.damagedLines++;
      return null;
    }
    const type = (json as {type?: unknown} | null)?.type;
    if (typeof type === 'string' && !knownTypes.has(type)) {
      this.unknownLines++;
      return null;
    }
    const checked = v.safeParse(runEventSchema, json);
    if (checked.success) return checked.output;
    this.damagedLines++;
    return null;
  }
}

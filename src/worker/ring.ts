/**
 * A ring of frames in shared memory: one training thread writes, the recorder thread reads.
 * Positions count 8-byte words and wrap at 2^32; the capacity is a power of two.
 * Frame: one word of header (int32 length in words, int32 type), then the payload.
 */
const HEADER_BYTES = 64;
const WRITE = 0;
const READ = 1;
const ATTACHED = 2;

const FREE = 0;
const TAKEN = 1;
const WITHDRAWN = 2;

export class Ring {
  readonly #state: Int32Array;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #capacity: number;

  /** @param memory as made by `Ring.allocate` */
  constructor(readonly memory: SharedArrayBuffer) {
    this.#state = new Int32Array(memory, 0, HEADER_BYTES / 4);
    this.#words = new Int32Array(memory, HEADER_BYTES);
    this.#floats = new Float64Array(memory, HEADER_BYTES);
    this.#bytes = new Uint8Array(memory, HEADER_BYTES);
    this.#capacity = this.#floats.length;
  }

  /** @param bytes at least this much payload fits; rounded up to a power of two */
  static allocate(bytes: number): Ring {
    const words = 2 ** Math.ceil(Math.log2(Math.max(bytes, 1 << 16) / 8));
    return new Ring(new SharedArrayBuffer(HEADER_BYTES + words * 8));
  }

  /** Largest payload a frame may have, in bytes; larger things are sent in pieces. */
  get maxFrameBytes(): number {
    return (this.#capacity / 4) * 8;
  }

  get attached(): boolean {
    return Atomics.load(this.#state, ATTACHED) === TAKEN;
  }

  /** The reader takes the ring. @returns false where it has it already, or can't have it any more */
  attach(): boolean {
    return Atomics.compareExchange(this.#state, ATTACHED, FREE, TAKEN) === FREE;
  }

  /** The writer takes the ring back. @returns false where the reader has it: what is in it will be read */
  withdraw(): boolean {
    return Atomics.compareExchange(this.#state, ATTACHED, FREE, WITHDRAWN) === FREE;
  }

  /**
   * Writes a frame if there is room for it.
   * @param fill writes the payload: into `floats` from index `at` (8-byte words), or the same place in `bytes` from `at * 8`
   * @returns false when there is no room now
   */
  tryWrite(type: number, payloadBytes: number, fill: (floats: Float64Array, at: number, bytes: Uint8Array) => void): boolean {
    const length = 1 + Math.ceil(payloadBytes / 8);
    const write = Atomics.load(this.#state, WRITE) >>> 0;
    const read = Atomics.load(this.#state, READ) >>> 0;
    const used = (write - read) >>> 0;
    const at = write % this.#capacity;
    const untilEnd = this.#capacity - at;
    // A frame lies in one piece, so that both sides may use plain views: the rest is skipped.
    const skip = untilEnd < length ? untilEnd : 0;
    if (used + skip + length > this.#capacity) return false;
    if (skip > 0) this.#header(at, skip, frameType.skip);
    const start = skip > 0 ? 0 : at;
    fill(this.#floats, start + 1, this.#bytes);
    this.#header(start, length, type);
    Atomics.store(this.#state, WRITE, (write + skip + length) | 0);
    return true;
  }

  /** Blocks until the reader has taken something, at most `ms`. */
  waitForRoom(ms: number): void {
    const read = Atomics.load(this.#state, READ);
    Atomics.wait(this.#state, READ, read, ms);
  }

  /**
   * Hands every frame that is there to `take`, oldest first.
   * The views are valid only during the call.
   * @returns number of frames
   */
  drain(take: (type: number, floats: Float64Array, at: number, payloadWords: number) => void): number {
    let frames = 0;
    for (;;) {
      const write = Atomics.load(this.#state, WRITE) >>> 0;
      const read = Atomics.load(this.#state, READ) >>> 0;
      if (write === read) return frames;
      const at = read % this.#capacity;
      const length = this.#words[at * 2] ?? 1;
      const type = this.#words[at * 2 + 1] ?? frameType.skip;
      try {
        if (type !== frameType.skip) {
          frames++;
          take(type, this.#floats, at + 1, length - 1);
        }
      } finally {
        Atomics.store(this.#state, READ, (read + length) | 0);
        Atomics.notify(this.#state, READ);
      }
    }
  }

  #header(at: number, length: number, type: number): void {
    this.#words[at * 2] = length;
    this.#words[at * 2 + 1] = type;
  }
}

export const frameType = {
  skip: 0,
  /** A JSON message, UTF-8. */
  json: 1,
  /** An optimizer step; see frames.ts. */
  step: 2,
  /** A piece of one gradient's values, where the recorder does the sums. */
  values: 3,
  /** Dense histograms of some parameters. */
  histograms: 4,
  /** What is measured on sampled steps alone. */
  sampled: 5,
} as const;

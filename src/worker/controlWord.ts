import type {SingSettings} from '../protocol/sing';

const SIZE = 1 << 16;
const JSON_START = 256;
const TIMES_START = 128;
const VERSION = 0;
const LENGTH = 1;
const STOP = 2;
const STEPS = 3;
const RECORDER = 4;
const CLOSE = 5;
const CLOSED = 6;
const PARAMETERS = 7;
const SKIPPED = 8;
const NOT_FULL = 9;
const EXIT_HEARD = 10;
const RUN = 11;
/** Of the times, in microseconds: they outgrow a word. */
const OURS = 0;
const WHOLE = 1;
const MICROS = 1000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * The word that the recorder and all training threads of a process share: settings of SING,
 * the wish to stop, the step counter. Shared memory, so a loop that never awaits obeys too.
 */
export class ControlWord {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #times: BigInt64Array;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(SIZE)) {
    this.#words = new Int32Array(memory, 0, TIMES_START / 4);
    this.#bytes = new Uint8Array(memory, JSON_START);
    this.#times = new BigInt64Array(memory, TIMES_START, 2);
  }

  /** Rises with every change of the settings. */
  get version(): number {
    return Atomics.load(this.#words, VERSION);
  }

  /** Odd versions mean "being written", so that a reader never takes half a change. */
  publish(settings: SingSettings): void {
    const text = encoder.encode(JSON.stringify(settings));
    if (text.length > this.#bytes.length) throw new RangeError('the settings of SING are too long: exclude fewer names, or use a glob');
    Atomics.add(this.#words, VERSION, 1);
    this.#bytes.set(text);
    Atomics.store(this.#words, LENGTH, text.length);
    Atomics.add(this.#words, VERSION, 1);
  }

  /** The settings, or null while they are being written: then the old ones hold for this step. */
  settings(): SingSettings | null {
    const version = this.version;
    if (version % 2 !== 0) return null;
    const text = decoder.decode(this.#bytes.slice(0, Atomics.load(this.#words, LENGTH)));
    return this.version === version ? (JSON.parse(text) as SingSettings) : null;
  }

  get stopRequested(): boolean {
    return Atomics.load(this.#words, STOP) === 1;
  }

  /** @returns true the first time */
  requestStop(): boolean {
    return Atomics.exchange(this.#words, STOP, 1) === 0;
  }

  /** Number of the next step, counted over all training threads from 1. */
  nextStep(): number {
    return Atomics.add(this.#words, STEPS, 1) + 1;
  }

  /** Index of the next parameter, counted over all training threads from 0. */
  nextParameter(): number {
    return Atomics.add(this.#words, PARAMETERS, 1);
  }

  /** The update of a step was left out. */
  countSkipped(): void {
    Atomics.add(this.#words, SKIPPED, 1);
  }

  /** Updates that were left out, in all threads. */
  get skippedSteps(): number {
    return Atomics.load(this.#words, SKIPPED);
  }

  /** What a step of some thread has cost, in milliseconds: our part, and the whole. */
  countTime(ours: number, whole: number): void {
    Atomics.add(this.#times, OURS, BigInt(Math.round(ours * MICROS)));
    Atomics.add(this.#times, WHOLE, BigInt(Math.round(whole * MICROS)));
  }

  /** Our share of the time between steps, in percent, over all threads; null before the second step of one. */
  get overheadPct(): number | null {
    const whole = Number(Atomics.load(this.#times, WHOLE));
    return whole === 0 ? null : (100 * Number(Atomics.load(this.#times, OURS))) / whole;
  }

  /** An optimizer of this process is none that full SING can take the place of. */
  refuseFull(): void {
    Atomics.store(this.#words, NOT_FULL, 1);
  }

  get refusesFull(): boolean {
    return Atomics.load(this.#words, NOT_FULL) === 1;
  }

  get steps(): number {
    return Atomics.load(this.#words, STEPS);
  }

  /** True for the one caller that is to start the recorder. */
  claimRecorder(): boolean {
    return Atomics.compareExchange(this.#words, RECORDER, 0, 1) === 0;
  }

  get recorderStarted(): boolean {
    return Atomics.load(this.#words, RECORDER) === 1;
  }

  /** A thread of this process trains, or has something to report of what was started as a run. */
  markRun(): void {
    Atomics.store(this.#words, RUN, 1);
  }

  get isRun(): boolean {
    return Atomics.load(this.#words, RUN) === 1;
  }

  /** The process ends: the recorder is to drain and close. */
  requestClose(): void {
    Atomics.store(this.#words, CLOSE, 1);
  }

  get closeRequested(): boolean {
    return Atomics.load(this.#words, CLOSE) === 1;
  }

  /** The main thread leaves the process, as another thread has asked. */
  hearExit(): void {
    Atomics.store(this.#words, EXIT_HEARD, 1);
    Atomics.notify(this.#words, EXIT_HEARD);
  }

  /** Blocks until the main thread has heard, at most `ms`. */
  waitExitHeard(ms: number): boolean {
    return Atomics.wait(this.#words, EXIT_HEARD, 0, ms) !== 'timed-out';
  }

  markClosed(): void {
    Atomics.store(this.#words, CLOSED, 1);
    Atomics.notify(this.#words, CLOSED);
  }

  get closed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1;
  }

  /** Blocks until the recorder has closed, at most `ms`. */
  waitClosed(ms: number): void {
    if (Atomics.load(this.#words, CLOSED) === 0) Atomics.wait(this.#words, CLOSED, 0, ms);
  }
}

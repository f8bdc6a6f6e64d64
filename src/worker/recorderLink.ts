import {join} from 'node:path';
import {BroadcastChannel, Worker, isMainThread, threadId} from 'node:worker_threads';
import {messageOf} from '../platform/failure';
import type {RunEvent} from '../protocol/events';
import {stringifyJson} from '../protocol/numbers';
import type {ControlWord} from './controlWord';
import {RECORDER_ENV, channelName, type RecorderData, type RingAnnouncement} from './messages';
import {tellUser} from './outputGuard';
import {Ring, frameType} from './ring';

/** Until there are steps. */
const EVENTS_RING_BYTES = 1 << 20;
const MIN_RING_BYTES = 16 << 20;
const MAX_RING_BYTES = 256 << 20;
/** What a process that has not trained may report before the oldest of it is forgotten. */
const MOST_WAITING = 10_000;
const ANNOUNCE_EVERY_MS = 20;
/** Longest that a step waits for a recorder that does not keep up, before a frame is dropped. */
const WAIT_MS = 2000;
/** Longest that the end of the process waits for the recorder to write what is left. */
const CLOSE_MS = 10_000;

const encoder = new TextEncoder();

/** This training thread's way to the recorder. */
export class RecorderLink {
  readonly #control: ControlWord;
  readonly #data: Omit<RecorderData, 'control' | 'ring'>;
  readonly #channel: BroadcastChannel;
  #ring: Ring | null = null;
  #announced = 0;
  /** What is known of a process that may never be a run. */
  #waiting: RunEvent[] = [];
  #takesSteps = false;
  #stalled = false;
  /** Frames that were given up since the recorder did not take them. */
  dropped = 0;

  constructor(control: ControlWord, data: Omit<RecorderData, 'control' | 'ring'>) {
    this.#control = control;
    this.#data = data;
    this.#channel = new BroadcastChannel(channelName(data.pid));
    (this.#channel as unknown as {unref(): void}).unref();
  }

  /**
   * Starts the recorder thread if nobody has. Only the main thread may: a recorder that a
   * worker thread started would end with it.
   */
  startRecorder(): void {
    if (!isMainThread || !this.#control.claimRecorder()) return;
    if (this.#data.runDir !== null) this.open();
    const workerData: RecorderData = {...this.#data, control: this.#control.memory, ring: this.#ring?.memory ?? null};
    const failed = (error: unknown): void => {
      this.#control.markClosed();
      tellUser(`the recorder failed (${messageOf(error)}); training goes on unrecorded.`);
    };
    try {
      const recorder = new Worker(join(this.#data.options.packageRoot, 'dist', 'recorder.cjs'), {
        workerData,
        execArgv: [],
        env: {...process.env, [RECORDER_ENV]: '1'},
      });
      recorder.unref();
      recorder.on('error', failed);
    } catch (error) {
      // Node's permission model may allow no threads.
      failed(error);
    }
  }

  /** Opens a way for events: from here on this process is a run. */
  open(): void {
    if (this.#ring === null) this.#use(Ring.allocate(EVENTS_RING_BYTES));
    this.startRecorder();
  }

  /** @param stepBytes size of one step's frames; the ring holds some steps at least */
  openForSteps(stepBytes: number): void {
    this.#takesSteps = true;
    this.#use(Ring.allocate(Math.min(MAX_RING_BYTES, Math.max(MIN_RING_BYTES, 4 * stepBytes))));
    this.startRecorder();
  }

  get takesSteps(): boolean {
    return this.#takesSteps;
  }

  get maxFrameBytes(): number {
    return this.#ring?.maxFrameBytes ?? 0;
  }

  /** Sends an event. That of a process that is no run yet waits until it trains. */
  send(message: RunEvent): void {
    const isRun = this.#data.runDir === null ? this.#control.isRun : message.type === 'metric' || this.#control.recorderStarted;
    if (isRun) this.open();
    if (this.#ring === null) {
      this.#wait(message);
      return;
    }
    const text = encoder.encode(stringifyJson(message));
    this.write(frameType.json, text.length + 1, (_floats, at, bytes) => {
      bytes.set(text, at * 8);
      // The payload is padded to whole words: a zero ends the text.
      bytes.fill(0, at * 8 + text.length, at * 8 + Math.ceil((text.length + 1) / 8) * 8);
    });
  }

  /** Writes a frame if there is room now. */
  tryWrite(type: number, bytes: number, fill: Parameters<Ring['tryWrite']>[2]): boolean {
    if (this.#ring === null) return false;
    if (!this.#ring.attached && performance.now() - this.#announced > ANNOUNCE_EVERY_MS) this.#announce();
    return this.#ring.tryWrite(type, bytes, fill);
  }

  /**
   * Writes a frame, waiting for room if need be, but never for ever: and once it has waited in vain,
   * no more until there is room again.
   */
  write(type: number, bytes: number, fill: Parameters<Ring['tryWrite']>[2]): void {
    const until = performance.now() + (this.#stalled ? 0 : WAIT_MS);
    while (!this.tryWrite(type, bytes, fill)) {
      if (this.#ring === null || this.#control.closed || performance.now() >= until) {
        this.#stalled = true;
        this.dropped++;
        return;
      }
      this.#ring.waitForRoom(ANNOUNCE_EVERY_MS);
    }
    this.#stalled = false;
  }

  /** Waits until the recorder has this thread's ring, and with it all that was sent. For the end of a thread. */
  handOver(): void {
    if (this.#ring === null || !this.#control.recorderStarted) return;
    const until = performance.now() + CLOSE_MS;
    while (!this.#ring.attached && !this.#control.closed && performance.now() < until) {
      this.#announce();
      this.#control.waitClosed(ANNOUNCE_EVERY_MS);
    }
  }

  /** Waits until everything sent so far is on disk. For the end of the process. */
  close(): void {
    if (!this.#control.recorderStarted) return;
    this.handOver();
    this.#control.requestClose();
    this.#control.waitClosed(CLOSE_MS);
  }

  #wait(message: RunEvent): void {
    this.#waiting.push(message);
    if (this.#waiting.length <= MOST_WAITING) return;
    const oldest = this.#waiting.findIndex(({type}) => type === 'metric');
    if (oldest >= 0) this.#waiting.splice(oldest, 1);
  }

  #use(ring: Ring): void {
    const before = this.#ring;
    this.#ring = ring;
    this.#control.markRun();
    // What the recorder has not begun to read comes first here.
    if (before?.withdraw()) before.drain((type, floats, at, words) => { ring.tryWrite(type, words * 8, (to, start) => { to.set(floats.subarray(at, at + words), start); }); });
    this.#announce();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.send(message);
  }

  #announce(): void {
    this.#announced = performance.now();
    if (this.#ring === null) return;
    const announcement: RingAnnouncement = {ring: this.#ring.memory, thread: threadId};
    this.#channel.postMessage(announcement);
  }
}

import {BroadcastChannel, isMainThread} from 'node:worker_threads';
import type {ControlWord} from './controlWord';
import type {RecorderLink} from './recorderLink';

/** Longest that a main thread which is busy is waited for. */
const ANSWER_MS = 10_000;
const TERM_MS = 5_000;

/** Leaves the process from any of its threads: Node's `process.exit` ends a worker thread alone. */
export class ProcessExit {
  readonly #control: ControlWord;
  readonly #link: RecorderLink;
  readonly #channelName = `singscope:${process.pid}:exit`;
  #listens = false;

  constructor(control: ControlWord, link: RecorderLink) {
    this.#control = control;
    this.#link = link;
  }

  /** For the main thread, from when there are others on. */
  listen(): void {
    if (this.#listens) return;
    this.#listens = true;
    const channel = new BroadcastChannel(this.#channelName);
    channel.onmessage = (event) => {
      this.#control.hearExit();
      process.exit((event as {data: number}).data);
    };
    (channel as unknown as {unref(): void}).unref();
  }

  exit(code: number): never {
    if (isMainThread) process.exit(code);
    // The main thread ends the recording: what this one has sent must be known by then.
    this.#link.handOver();
    new BroadcastChannel(this.#channelName).postMessage(code);
    if (!this.#control.waitExitHeard(ANSWER_MS)) this.#kill();
    // Not a step further: the main thread's exit ends this thread too.
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  }

  /** The main thread never comes to its event loop: it waits for this one, as a rule. */
  #kill(): void {
    this.#link.close();
    process.kill(process.pid, 'SIGTERM');
    if (!this.#control.waitExitHeard(TERM_MS)) process.kill(process.pid, 'SIGKILL');
  }
}

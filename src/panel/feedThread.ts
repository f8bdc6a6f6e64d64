import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import type {FeedReply, FeedRequest, FeedStart} from './feed/feedMessages';

/** Run files are read and sliced in a thread of their own: a run of a million steps must not stop the extension host. */
export class FeedThread {
  private readonly worker: Worker;
  private ended = false;

  /** @param onEnd told once where the thread dies by itself, with the reason */
  constructor(extensionPath: string, start: FeedStart, onMessages: (messages: FeedReply) => void, onEnd: (reason: string) => void) {
    this.worker = new Worker(join(extensionPath, 'dist', 'panelFeed.cjs'), {workerData: start, name: 'singscope panel'});
    const end = (reason: string): void => {
      if (!this.ended) onEnd(reason);
      this.ended = true;
    };
    this.worker.on('message', onMessages);
    this.worker.on('error', (error) => end(error.message.split('\n', 1)[0] ?? ''));
    this.worker.on('exit', (code) => end(`exit code ${code}`));
  }

  post(request: FeedRequest): void {
    if (!this.ended) this.worker.postMessage(request);
  }

  dispose(): void {
    this.ended = true;
    void this.worker.terminate();
  }
}

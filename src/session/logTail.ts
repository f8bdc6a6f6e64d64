import {open, type FileHandle} from 'node:fs/promises';

const LOOK_MS = 80;
const CHUNK = 65_536;

/** Hands on what is appended to a file, from its start, until it is stopped and drained. */
export class LogTail {
  private handle: FileHandle | null = null;
  private offset = 0;
  private timer: NodeJS.Timeout | null = null;
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly path: string, private readonly onText: (chunk: Buffer) => void) {
    this.schedule();
  }

  /** Reads what is left and ends. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    await this.busy;
    await this.drain();
    await this.handle?.close();
    this.handle = null;
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.busy = this.drain().then(() => {
        if (this.timer !== null) this.schedule();
      });
    }, LOOK_MS);
  }

  private async drain(): Promise<void> {
    try {
      this.handle ??= await open(this.path, 'r');
      const buffer = Buffer.allocUnsafe(CHUNK);
      for (;;) {
        const {bytesRead} = await this.handle.read(buffer, 0, CHUNK, this.offset);
        if (bytesRead === 0) return;
        this.offset += bytesRead;
        this.onText(Buffer.from(buffer.subarray(0, bytesRead)));
      }
    } catch {
      // No log yet, or none at all: the next look will tell.
    }
  }
}

import {createLogUpdate} from 'log-update';

/** Where progress cannot be rewritten in place, a line is printed this often. */
const PLAIN_EVERY_MS = 5_000;

/**
 * Everything that is shown while a training runs. The script's own output comes through as it is;
 * ours goes to stderr: one block rewritten below the rest on a terminal, plain lines elsewhere.
 */
export class Terminal {
  // A terminal that does not know its size shows nothing of a block that is rewritten.
  readonly interactive = process.stderr.isTTY && process.stderr.columns > 0 && process.stderr.rows > 0;
  private readonly update = createLogUpdate(process.stderr, {showCursor: true});
  private atLineStart = true;
  private drawn = false;
  private lastPlain = Date.now();
  private lastText = '';

  /** @param scriptStdout where the script's stdout goes: to stderr when stdout is for JSON alone */
  constructor(private readonly scriptStdout: NodeJS.WriteStream) {
    // A closed pipe or a lost terminal must not end the watch: the training goes on.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  }

  /** A piece of the script's output. */
  script(from: 'stdout' | 'stderr', chunk: Buffer): void {
    this.erase();
    (from === 'stdout' ? this.scriptStdout : process.stderr).write(chunk);
    this.atLineStart = chunk.at(-1) === 0x0a;
  }

  /** A line that stays. */
  say(line: string): void {
    this.erase();
    process.stderr.write(`${this.atLineStart ? '' : '\n'}${line}\n`);
    this.atLineStart = true;
  }

  /** Where things stand now. */
  progress(text: string): void {
    if (text === '') return;
    if (this.interactive) {
      if (!this.atLineStart) return;
      this.update(text);
      this.drawn = true;
      return;
    }
    const now = Date.now();
    if (now - this.lastPlain < PLAIN_EVERY_MS || text === this.lastText) return;
    this.lastPlain = now;
    this.lastText = text;
    this.say(text);
  }

  /** Takes the progress away. */
  end(): void {
    this.erase();
    if (!this.atLineStart) process.stderr.write('\n');
    this.atLineStart = true;
  }

  private erase(): void {
    if (this.drawn) this.update.clear();
    this.drawn = false;
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const;
/** npm passes a Ctrl-C on that the terminal has sent to everybody: two so close are one. */
const SAME_MS = 500;

/**
 * Ctrl-C and SIGTERM. Made before a process is started and given its callback after, so that none
 * comes in between and leaves the process behind: one that came early is handed on then.
 */
export class Interrupts {
  private callback: (() => void) | null = null;
  private early = 0;
  private heardAt = -Infinity;

  constructor() {
    for (const name of signals) process.on(name, this.hear);
  }

  /** Calls back at each interrupt from now on, and for those that came already. */
  handle(callback: () => void): void {
    this.callback = callback;
    for (; this.early > 0; this.early--) callback();
  }

  /** Leaves interrupts to Node again. */
  release(): void {
    for (const name of signals) process.off(name, this.hear);
  }

  private readonly hear = (): void => {
    const now = performance.now();
    if (now - this.heardAt < SAME_MS) return;
    this.heardAt = now;
    if (this.callback === null) this.early++;
    else this.callback();
  };
}

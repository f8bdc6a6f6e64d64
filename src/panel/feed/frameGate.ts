/** A page that never answers (its script failed, its renderer hangs) is tried again after this long. */
const PATIENCE_MS = 5_000;

/**
 * Lets one frame be under way at a time: a slow page gets fewer, complete frames, and none waits in a queue.
 * Times are milliseconds of any clock that only goes forward.
 */
export class FrameGate {
  private number = 0;
  private underWay: {number: number; since: number} | null = null;

  /** May a frame be sent now? */
  isOpen(now: number): boolean {
    return this.underWay === null || now - this.underWay.since >= PATIENCE_MS;
  }

  /** A frame goes out. @returns its number */
  send(now: number): number {
    this.number++;
    this.underWay = {number: this.number, since: now};
    return this.number;
  }

  /** The page has drawn a frame. Answers to earlier ones count for nothing. */
  drawn(number: number): void {
    if (this.underWay?.number === number) this.underWay = null;
  }

  /** The page is another one: nothing is under way to it. */
  reset(): void {
    this.underWay = null;
  }
}

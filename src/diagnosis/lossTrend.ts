import {medianOf} from './robustWindow';

const MAXIMUM_BLOCKS = 64;

/**
 * The whole course of a loss in bounded memory: medians of equal blocks of steps; when there are
 * too many, neighbours are joined and blocks become twice as long.
 */
export class LossTrend {
  private blocks: number[] = [];
  private open: number[] = [];
  private blockSteps = 5;
  /** Losses pushed. */
  count = 0;
  /** First losses, at most ten. */
  readonly start: number[] = [];

  push(loss: number): void {
    if (!Number.isFinite(loss)) return;
    this.count++;
    if (this.start.length < 10) this.start.push(loss);
    this.open.push(loss);
    if (this.open.length < this.blockSteps) return;
    this.blocks.push(medianOf(this.open));
    this.open = [];
    if (this.blocks.length < MAXIMUM_BLOCKS) return;
    const joined: number[] = [];
    for (let i = 0; i + 1 < this.blocks.length; i += 2) {
      joined.push(((this.blocks[i] ?? 0) + (this.blocks[i + 1] ?? 0)) / 2);
    }
    this.blocks = joined;
    this.blockSteps *= 2;
  }

  /** Median of the first ten losses. */
  initial(): number {
    return medianOf(this.start);
  }

  /** Median loss of the last `steps` steps, by blocks. */
  recent(steps: number): number {
    const blocks = Math.max(1, Math.round(steps / this.blockSteps));
    return medianOf([...this.blocks.slice(-blocks), ...(this.blocks.length === 0 ? this.open : [])]);
  }

  /**
   * Relative fall of the loss over the last `share` of the run (both halves of it compared by their
   * medians), over its size and noise. Positive: it falls.
   */
  fall(share: number): number {
    const taken = this.blocks.slice(-Math.max(4, Math.round(this.blocks.length * share)));
    const half = taken.length >> 1;
    const before = medianOf(taken.slice(0, half));
    const after = medianOf(taken.slice(-half));
    return (before - after) / Math.max(Math.abs(before), Math.abs(after), Number.MIN_VALUE);
  }

  /** Relative fall from the first losses to the last ones. Positive: it fell. */
  fallSinceStart(): number {
    const before = this.initial();
    const after = this.recent(20);
    return (before - after) / Math.max(Math.abs(before), Math.abs(after), Number.MIN_VALUE);
  }
}

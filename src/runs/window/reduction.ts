const FIRST_CAPACITY = 64;

export type ReductionKind = 'mean' | 'low' | 'high';

/**
 * One number a bucket: mean, least or largest of the finite values that fell into it. Where none was finite
 * the last value stands for the bucket, so that with one value a bucket each is the recorded one; NaN where none fell.
 */
export class Reduction {
  private values = new Float64Array(FIRST_CAPACITY).fill(NaN);
  private counts = new Uint32Array(FIRST_CAPACITY);

  constructor(private readonly kind: ReductionKind) {}

  add(bucket: number, value: number): void {
    if (bucket >= this.values.length) this.grow(bucket + 1);
    const count = this.counts[bucket] ?? 0;
    if (!Number.isFinite(value)) {
      if (count === 0) this.values[bucket] = value;
      return;
    }
    this.counts[bucket] = count + 1;
    const held = this.values[bucket] ?? NaN;
    if (count === 0) this.values[bucket] = value;
    else if (this.kind === 'low') this.values[bucket] = Math.min(held, value);
    else if (this.kind === 'high') this.values[bucket] = Math.max(held, value);
    // A running mean: a sum of losses that blew up would overflow.
    else this.values[bucket] = held + (value - held) / (count + 1);
  }

  /** A copy of the buckets `from` up to `to`, in a buffer of its own. */
  slice(from: number, to: number): Float64Array {
    if (to > this.values.length) this.grow(to);
    return this.values.slice(from, to);
  }

  private grow(least: number): void {
    const capacity = Math.max(this.values.length * 2, least);
    const values = new Float64Array(capacity).fill(NaN);
    const counts = new Uint32Array(capacity);
    values.set(this.values);
    counts.set(this.counts);
    this.values = values;
    this.counts = counts;
  }
}

import {bucketFlag, type CurveMessage} from '../../protocol/panel';
import {bucketOf, type BucketSpan} from './bucketSpan';
import {DirtyBuckets} from './dirtyBuckets';
import {Reduction} from './reduction';

const FIRST_CAPACITY = 64;

/** What a delta of a curve carries beside its name. */
export type CurvePart = Pick<CurveMessage, 'from' | 'value' | 'low' | 'high' | 'flags'>;

/** A curve over steps in buckets: mean and extremes of each, and whether a value in it was none. */
export class CurveSlice {
  private readonly value = new Reduction('mean');
  private readonly low = new Reduction('low');
  private readonly high = new Reduction('high');
  private flags = new Uint8Array(FIRST_CAPACITY);
  private readonly dirty = new DirtyBuckets();

  constructor(private readonly span: BucketSpan) {}

  add(step: number, value: number): void {
    const bucket = bucketOf(this.span, step);
    if (bucket < 0) return;
    this.value.add(bucket, value);
    this.low.add(bucket, value);
    this.high.add(bucket, value);
    this.mark(bucket, flagOf(value));
    this.dirty.touch(bucket);
  }

  /** Marks the bucket of a step without giving it a value. */
  flag(step: number, flag: number): void {
    const bucket = bucketOf(this.span, step);
    if (bucket < 0) return;
    this.mark(bucket, flag);
    this.dirty.touch(bucket);
  }

  /** What changed since it was last taken; null where nothing did. @param all everything, whatever was taken */
  take(all = false): CurvePart | null {
    if (all) this.dirty.renew();
    const from = this.dirty.take();
    if (from === null) return null;
    const to = this.dirty.count;
    this.reserveFlags(to);
    return {from, value: this.value.slice(from, to), low: this.low.slice(from, to), high: this.high.slice(from, to), flags: this.flags.slice(from, to)};
  }

  private mark(bucket: number, flag: number): void {
    if (flag === 0) return;
    this.reserveFlags(bucket + 1);
    this.flags[bucket] = (this.flags[bucket] ?? 0) | flag;
  }

  private reserveFlags(length: number): void {
    if (length <= this.flags.length) return;
    const grown = new Uint8Array(Math.max(length, this.flags.length * 2));
    grown.set(this.flags);
    this.flags = grown;
  }
}

export function flagOf(value: number): number {
  if (Number.isNaN(value)) return bucketFlag.nan;
  return Number.isFinite(value) ? 0 : bucketFlag.infinite;
}

import type {BucketGrid} from '../../protocol/panel';

/** Steps that are looked at, in equal buckets; steps outside `first` … `last` are left out. */
export interface BucketSpan extends BucketGrid {
  last: number;
}

/**
 * Span of the least width, a power of two, with which the steps fit into `buckets`. Widths that
 * double make a growing run change its grid rarely.
 * @param newest last step that the runs have; 0 where they have none
 * @param window steps that are zoomed in on; null: all, and what is to come
 */
export function spanOf(newest: number, window: {from: number; to: number} | null, buckets: number): BucketSpan {
  const first = window === null ? 1 : Math.max(1, Math.ceil(Math.min(window.from, window.to)));
  const last = window === null ? Infinity : Math.max(first, Math.floor(Math.max(window.from, window.to)));
  const steps = (window === null ? Math.max(1, newest) : last) - first + 1;
  let width = 1;
  while (steps > buckets * width) width *= 2;
  return {first, width, last};
}

/** Bucket that a step falls into; −1 outside the span. */
export function bucketOf({first, width, last}: BucketSpan, step: number): number {
  return step >= first && step <= last ? Math.floor((step - first) / width) : -1;
}

/** Do two spans have the same buckets? */
export function sameSpan(a: BucketSpan, b: BucketSpan): boolean {
  return a.first === b.first && a.width === b.width && a.last === b.last;
}

import {DirtyBuckets} from './dirtyBuckets';
import {Reduction, type ReductionKind} from './reduction';

/** Named numbers in buckets, handed out from the first that changed on. */
export class BucketColumns<Name extends string> {
  private readonly reductions: readonly {name: Name; reduction: Reduction}[];
  private readonly dirty = new DirtyBuckets();

  constructor(names: readonly Name[], kinds: Record<Name, ReductionKind>) {
    this.reductions = names.map((name) => ({name, reduction: new Reduction(kinds[name])}));
  }

  /**
   * Takes the rows of some steps in.
   * @param buckets bucket of each row; −1: it is left out
   * @param valuesOf the rows' numbers of a name
   */
  add(buckets: Int32Array, valuesOf: (name: Name) => ArrayLike<number>): void {
    for (const {name, reduction} of this.reductions) {
      const values = valuesOf(name);
      buckets.forEach((bucket, i) => { if (bucket >= 0) reduction.add(bucket, values[i] ?? NaN); });
    }
    for (const bucket of buckets) if (bucket >= 0) this.dirty.touch(bucket);
  }

  /** What changed since the last call; null where nothing did. */
  take(): {from: number; columns: Record<Name, Float64Array>} | null {
    const from = this.dirty.take();
    if (from === null) return null;
    const columns = this.reductions.map(({name, reduction}) => [name, reduction.slice(from, this.dirty.count)]);
    return {from, columns: Object.fromEntries(columns) as Record<Name, Float64Array>};
  }
}

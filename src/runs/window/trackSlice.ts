import {trackColumns, type TrackColumn, type TrackMessage} from '../../protocol/panel';
import type {GrowingColumns} from '../growingColumns';
import type {SeriesColumn} from '../runReader';
import {bucketOf, type BucketSpan} from './bucketSpan';
import {DirtyBuckets} from './dirtyBuckets';
import {Reduction, type ReductionKind} from './reduction';

const sources: Record<TrackColumn, {column: SeriesColumn; kind: ReductionKind}> = {
  mean: {column: 'mean', kind: 'mean'},
  std: {column: 'std', kind: 'mean'},
  min: {column: 'min', kind: 'low'},
  max: {column: 'max', kind: 'high'},
  norm: {column: 'norm', kind: 'high'},
  normLow: {column: 'norm', kind: 'low'},
  normAfter: {column: 'normAfter', kind: 'high'},
  zeros: {column: 'zeros', kind: 'high'},
  nan: {column: 'nan', kind: 'high'},
  negInf: {column: 'negInf', kind: 'high'},
  posInf: {column: 'posInf', kind: 'high'},
};

/** Moments of one parameter in buckets. */
export class TrackSlice {
  private readonly reductions = trackColumns.map((name) => ({name, column: sources[name].column, reduction: new Reduction(sources[name].kind)}));
  private readonly dirty = new DirtyBuckets();
  private rows = 0;

  constructor(private readonly span: BucketSpan, private readonly series: GrowingColumns<SeriesColumn>) {}

  /** Reads on and hands out what changed; null where nothing did. */
  take(): Pick<TrackMessage, 'from' | 'columns'> | null {
    this.read();
    const from = this.dirty.take();
    if (from === null) return null;
    const columns = this.reductions.map(({name, reduction}) => [name, reduction.slice(from, this.dirty.count)]);
    return {from, columns: Object.fromEntries(columns) as Record<TrackColumn, Float64Array>};
  }

  private read(): void {
    const {series, rows} = this;
    const buckets = Int32Array.from(series.column('step').subarray(rows), (step) => bucketOf(this.span, step));
    for (const {column, reduction} of this.reductions) {
      const values = series.column(column);
      buckets.forEach((bucket, i) => { if (bucket >= 0) reduction.add(bucket, values[rows + i] ?? NaN); });
    }
    for (const bucket of buckets) if (bucket >= 0) this.dirty.touch(bucket);
    this.rows = series.length;
  }
}

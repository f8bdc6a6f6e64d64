import {trackColumns, type TrackColumn, type TrackMessage} from '../../protocol/panel';
import type {GrowingColumns} from '../growingColumns';
import type {SeriesColumn} from '../runReader';
import {BucketColumns} from './bucketColumns';
import {bucketOf, type BucketSpan} from './bucketSpan';
import type {ReductionKind} from './reduction';

const kinds: Record<TrackColumn, ReductionKind> = {
  mean: 'mean', std: 'mean', min: 'low', max: 'high', norm: 'high', normLow: 'low', normAfter: 'high', zeros: 'high', nan: 'high', negInf: 'high', posInf: 'high',
};

/** Moments of one parameter in buckets. */
export class TrackSlice {
  private readonly columns = new BucketColumns(trackColumns, kinds);
  private rows = 0;

  constructor(private readonly span: BucketSpan, private readonly series: GrowingColumns<SeriesColumn>) {}

  /** Reads on and hands out what changed; null where nothing did. */
  take(): Pick<TrackMessage, 'from' | 'columns'> | null {
    const {series, rows} = this;
    const buckets = Int32Array.from(series.column('step').subarray(rows), (step) => bucketOf(this.span, step));
    this.columns.add(buckets, (name) => series.column(name === 'normLow' ? 'norm' : name).subarray(rows));
    this.rows = series.length;
    return this.columns.take();
  }
}

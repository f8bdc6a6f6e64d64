import {updateTrackColumns, type UpdatesMessage, type UpdateTrackColumn} from '../../protocol/panel';
import type {UpdateNumbers} from '../updateNumbers';
import {BucketColumns} from './bucketColumns';
import {bucketOf, type BucketSpan} from './bucketSpan';
import type {ReductionKind} from './reduction';

const kinds: Record<UpdateTrackColumn, ReductionKind> = {updateRatio: 'high', secondMomentRms: 'high', cosine: 'mean', deadUnits: 'high'};

/** What was measured of one parameter's updates, in buckets; NaN in those that hold no sampled step. */
export class UpdateSlice {
  private readonly columns = new BucketColumns(updateTrackColumns, kinds);
  private read = 0;

  /** @param samples how many there are; @param numbers all of them, which takes its time */
  constructor(private readonly span: BucketSpan, private readonly samples: () => number, private readonly numbers: () => readonly UpdateNumbers[]) {}

  /** Reads on and hands out what changed; null where nothing did. */
  take(): Pick<UpdatesMessage, 'from' | 'columns'> | null {
    if (this.samples() > this.read) this.readOn();
    return this.columns.take();
  }

  private readOn(): void {
    const news = this.numbers().slice(this.read);
    this.columns.add(Int32Array.from(news, ({step}) => bucketOf(this.span, step)), (name) => news.map((one) => one[name]));
    this.read += news.length;
  }
}

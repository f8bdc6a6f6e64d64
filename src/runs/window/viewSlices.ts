import type {NumbersMessage, PanelView} from '../../protocol/panel';
import type {RunReader} from '../runReader';
import {sameSpan, spanOf, type BucketSpan} from './bucketSpan';
import {RunSlices} from './runSlices';

/** Numbers of all runs for one view, on grids that the runs share, so that curves can be laid over each other. */
export class ViewSlices {
  private spans: {curves: BucketSpan; heat: BucketSpan} | null = null;
  private slices = new Map<string, RunSlices>();

  constructor(private readonly generation: number, private readonly view: PanelView) {}

  /**
   * Slices what the readers have read since the last call; a snapshot the first time and where a grid had to become wider.
   * @param newest last step of all runs
   */
  take(readers: readonly RunReader[], newest: number): NumbersMessage[] {
    const {window, buckets, heatBuckets, shown, parameter} = this.view;
    const spans = {curves: spanOf(newest, window, buckets), heat: spanOf(newest, window, heatBuckets)};
    if (this.spans === null || !sameSpan(this.spans.curves, spans.curves) || !sameSpan(this.spans.heat, spans.heat)) this.slices = new Map();
    this.spans = spans;
    return readers.flatMap((reader) => {
      let slices = this.slices.get(reader.id);
      // A reader that took another's place has read the record anew.
      if (slices?.reader !== reader) this.slices.set(reader.id, (slices = new RunSlices(reader, {generation: this.generation, ...spans, layers: shown.includes(reader.id), parameter})));
      return slices.take();
    });
  }
}

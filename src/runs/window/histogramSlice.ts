import type {HistogramsMessage} from '../../protocol/panel';
import type {StepHistogram} from '../runReader';
import {bucketOf, type BucketSpan} from './bucketSpan';

/**
 * Sampled histograms of one parameter. Of several in a bucket the first is taken: more than the screen has
 * columns would cost megabytes, and zooming in brings the others.
 */
export class HistogramSlice {
  private read = 0;
  private taken = 0;
  private lastBucket = -1;
  private fresh = true;

  constructor(private readonly span: BucketSpan, private readonly source: () => readonly StepHistogram[]) {}

  /** Reads on and hands out what came; null where nothing did. */
  take(): Pick<HistogramsMessage, 'from' | 'steps' | 'offsets' | 'bins' | 'counts'> | null {
    const news = this.readOn();
    if (news.length === 0 && !this.fresh) return null;
    this.fresh = false;
    const from = this.taken;
    this.taken += news.length;
    const offsets = new Uint32Array(news.length + 1);
    news.forEach(({bins}, i) => { offsets[i + 1] = (offsets[i] ?? 0) + bins.length; });
    const bins = new Uint16Array(offsets[news.length] ?? 0);
    const counts = new Uint32Array(bins.length);
    news.forEach((histogram, i) => {
      bins.set(histogram.bins, offsets[i]);
      counts.set(histogram.counts, offsets[i]);
    });
    return {from, steps: Float64Array.from(news, ({step}) => step), offsets, bins, counts};
  }

  private readOn(): StepHistogram[] {
    const all = this.source();
    const news: StepHistogram[] = [];
    for (; this.read < all.length; this.read++) {
      const histogram = all[this.read];
      if (!histogram) continue;
      const bucket = bucketOf(this.span, histogram.step);
      if (bucket <= this.lastBucket) continue;
      this.lastBucket = bucket;
      news.push(histogram);
    }
    return news;
  }
}

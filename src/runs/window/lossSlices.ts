import type {GrowingColumns} from '../growingColumns';
import type {RunReader} from '../runReader';
import type {BucketSpan} from './bucketSpan';
import {CurveSlice, type CurvePart} from './curveSlice';

interface SeenLoss {
  slice: CurveSlice;
  /** A loss of this optimizer and thread was a number. */
  seen: boolean;
}

/** A delta of one loss curve. */
export type LossPart = CurvePart & {curve: number};

/**
 * Losses in buckets: the same curves as `runLosses` finds, one for each optimizer and thread that had any,
 * or the reported `loss` where the optimizers saw none; each row of the record is read once.
 */
export class LossSlices {
  private readonly seen = new Map<string, SeenLoss>();
  private rows = 0;
  private anySeen = false;
  private nanReported = false;
  private reported: {source: GrowingColumns<'step' | 'value'>; slice: CurveSlice; rows: number} | null = null;
  private readonly nanRows = new Map<GrowingColumns<'step' | 'value'>, number>();
  private sent: CurveSlice[] = [];

  constructor(private readonly reader: RunReader, private readonly span: BucketSpan) {}

  /** Reads on and hands out what changed. */
  take(): LossPart[] {
    this.readSeen();
    this.readReported();
    const slices = this.curves();
    const parts: LossPart[] = [];
    slices.forEach((slice, curve) => {
      const part = slice.take(this.sent[curve] !== slice);
      if (part) parts.push({curve, ...part});
    });
    for (let curve = slices.length; curve < this.sent.length; curve++) parts.push({curve, ...noBuckets()});
    this.sent = slices;
    return parts;
  }

  private curves(): CurveSlice[] {
    if (!this.anySeen && this.reported) return [this.reported.slice];
    const nanWasSeen = this.nanReported || (!this.anySeen && this.reader.findings.some(({rule}) => rule === 'non-finite'));
    return [...this.seen.values()].flatMap(({slice, seen}) => (seen || nanWasSeen ? [slice] : []));
  }

  private readSeen(): void {
    const {steps} = this.reader;
    const [step, loss, thread, optimizer] = [steps.column('step'), steps.column('loss'), steps.column('thread'), steps.column('optimizer')];
    let key = '';
    let entry: SeenLoss | undefined;
    for (; this.rows < steps.length; this.rows++) {
      const row = this.rows;
      const rowKey = `${thread[row]}/${optimizer[row]}`;
      if (rowKey !== key || entry === undefined) {
        key = rowKey;
        entry = this.seen.get(key);
        if (entry === undefined) this.seen.set(key, (entry = {slice: new CurveSlice(this.span), seen: false}));
      }
      const value = loss[row] ?? NaN;
      if (!Number.isNaN(value)) entry.seen = this.anySeen = true;
      entry.slice.add(step[row] ?? NaN, value);
    }
  }

  private readReported(): void {
    const reported = this.reader.metrics.get('loss');
    if (reported === null) return;
    for (const source of [reported.whole, reported.batches]) this.lookForNan(source);
    if (this.anySeen) return;
    const source = reported.batches.length > reported.whole.length ? reported.batches : reported.whole;
    if (this.reported?.source !== source) this.reported = {source, slice: new CurveSlice(this.span), rows: 0};
    const [step, value] = [source.column('step'), source.column('value')];
    for (let {rows} = this.reported; rows < source.length; rows++) this.reported.slice.add(step[rows] ?? NaN, value[rows] ?? NaN);
    this.reported.rows = source.length;
  }

  private lookForNan(source: GrowingColumns<'step' | 'value'>): void {
    if (!this.nanReported) this.nanReported = source.column('value').subarray(this.nanRows.get(source) ?? 0).some(Number.isNaN);
    this.nanRows.set(source, source.length);
  }
}

function noBuckets(): CurvePart {
  return {from: 0, value: new Float64Array(), low: new Float64Array(), high: new Float64Array(), flags: new Uint8Array()};
}

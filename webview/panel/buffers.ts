import type {BucketGrid, CurveMessage, HeatMessage, HistogramsMessage, TrackColumn, UpdateTrackColumn} from '../../src/protocol/panel';
import {trackColumns, updateTrackColumns} from '../../src/protocol/panel';

type Numbers = Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array;

const LEAST_ROOM = 256;

/** A column that grows at its end and is replaced from a place on. */
class Column<T extends Numbers> {
  private length = 0;
  private values: T;

  constructor(private readonly kind: new (length: number) => T) {
    this.values = new kind(LEAST_ROOM);
  }

  /** Puts `part` at `from` and ends there. */
  replace(from: number, part: T): void {
    const length = from + part.length;
    if (length > this.values.length) {
      const wider = new this.kind(Math.max(length, this.values.length * 2));
      wider.set(this.values.subarray(0, Math.min(from, this.length)));
      this.values = wider;
    }
    this.values.set(part, from);
    this.length = length;
  }

  get view(): T {
    return this.values.subarray(0, this.length) as T;
  }
}

const floats = (): Column<Float64Array> => new Column(Float64Array);

/** Buckets of one run on one grid. */
abstract class BucketBuffer {
  grid: BucketGrid = {first: 1, width: 1};

  abstract get buckets(): number;

  /** First step of a bucket. */
  stepOf(bucket: number): number {
    return this.grid.first + bucket * this.grid.width;
  }

  /** Bucket that holds a step; −1 where none does. */
  bucketOf(step: number): number {
    const bucket = Math.floor((step - this.grid.first) / this.grid.width);
    return bucket >= 0 && bucket < this.buckets ? bucket : -1;
  }

  /** First steps of all buckets. */
  get steps(): Float64Array {
    const steps = new Float64Array(this.buckets);
    for (let bucket = 0; bucket < steps.length; bucket++) steps[bucket] = this.stepOf(bucket);
    return steps;
  }

  /** Whether a delta continues what is here; one that begins behind the end would leave a gap of unknown. */
  protected accepts({from, grid}: {from: number; grid: BucketGrid}): boolean {
    if (from === 0) this.grid = grid;
    return from <= this.buckets && grid.first === this.grid.first && grid.width === this.grid.width;
  }
}

/** A loss or the norm over all gradients. */
export class CurveBuffer extends BucketBuffer {
  private readonly values = floats();
  private readonly lows = floats();
  private readonly highs = floats();
  private readonly flagBytes = new Column<Uint8Array>(Uint8Array);

  merge(delta: CurveMessage): void {
    if (!this.accepts(delta)) return;
    this.values.replace(delta.from, delta.value);
    this.lows.replace(delta.from, delta.low);
    this.highs.replace(delta.from, delta.high);
    this.flagBytes.replace(delta.from, delta.flags);
  }

  get buckets(): number { return this.values.view.length; }
  get value(): Float64Array { return this.values.view; }
  get low(): Float64Array { return this.lows.view; }
  get high(): Float64Array { return this.highs.view; }
  get flags(): Uint8Array { return this.flagBytes.view; }
}

/** Largest norms of all parameters. */
export class HeatBuffer extends BucketBuffer {
  parameters = 0;
  private readonly norms = new Column<Float32Array>(Float32Array);
  private readonly flagBytes = new Column<Uint8Array>(Uint8Array);

  merge(delta: HeatMessage): void {
    if (delta.from === 0) this.parameters = delta.parameters;
    if (delta.parameters !== this.parameters || !this.accepts(delta)) return;
    this.norms.replace(delta.from * this.parameters, delta.norm);
    this.flagBytes.replace(delta.from * this.parameters, delta.flags);
  }

  get buckets(): number { return this.parameters === 0 ? 0 : this.norms.view.length / this.parameters; }
  /** Bucket after bucket, a value a parameter. */
  get norm(): Float32Array { return this.norms.view; }
  get flags(): Uint8Array { return this.flagBytes.view; }
}

/** Named columns of one parameter. */
class NamedBuffer<Name extends string> extends BucketBuffer {
  private readonly columns: Map<Name, Column<Float64Array>>;

  constructor(private readonly names: readonly Name[]) {
    super();
    this.columns = new Map(names.map((name) => [name, floats()]));
  }

  merge(delta: {from: number; grid: BucketGrid; columns: Record<Name, Float64Array>}): void {
    if (!this.accepts(delta)) return;
    for (const [name, column] of this.columns) column.replace(delta.from, delta.columns[name]);
  }

  get buckets(): number { return this.column(this.names[0] as Name).length; }
  column(name: Name): Float64Array { return this.columns.get(name)?.view ?? new Float64Array(0); }
}

/** Moments of one parameter. */
export class TrackBuffer extends NamedBuffer<TrackColumn> {
  constructor() { super(trackColumns); }
}

/** What was sampled of one parameter's updates. */
export class UpdateBuffer extends NamedBuffer<UpdateTrackColumn> {
  constructor() { super(updateTrackColumns); }
}

/** Sampled histograms of one parameter. */
export class HistogramBuffer {
  private readonly stepColumn = floats();
  private readonly ends = new Column<Uint32Array>(Uint32Array);
  private readonly binColumn = new Column<Uint16Array>(Uint16Array);
  private readonly countColumn = new Column<Uint32Array>(Uint32Array);

  merge({from, steps, offsets, bins, counts}: HistogramsMessage): void {
    if (from > this.samples) return;
    const base = this.startOf(from);
    this.stepColumn.replace(from, steps);
    this.ends.replace(from, Uint32Array.from(steps, (_, i) => base + (offsets[i + 1] ?? 0)));
    this.binColumn.replace(base, bins);
    this.countColumn.replace(base, counts);
  }

  get samples(): number { return this.steps.length; }
  get steps(): Float64Array { return this.stepColumn.view; }

  /** Where each sample's bins begin, and the end of the last. */
  get offsets(): Uint32Array {
    return Uint32Array.from({length: this.samples + 1}, (_, i) => this.startOf(i));
  }

  get bins(): Uint16Array { return this.binColumn.view; }
  get counts(): Uint32Array { return this.countColumn.view; }

  private startOf(sample: number): number {
    return sample === 0 ? 0 : (this.ends.view[sample - 1] ?? 0);
  }
}

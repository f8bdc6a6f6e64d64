import {bucketFlag, type HeatMessage} from '../../protocol/panel';
import type {GrowingColumns} from '../growingColumns';
import type {SeriesColumn} from '../runReader';
import {bucketOf, type BucketSpan} from './bucketSpan';
import {flagOf} from './curveSlice';
import {DirtyBuckets} from './dirtyBuckets';

const FIRST_BUCKETS = 64;
const LARGEST_FLOAT32 = 3.4028234663852886e38;

type HeatPart = Pick<HeatMessage, 'from' | 'parameters' | 'norm' | 'flags'>;

/** Largest gradient norm of each bucket for a fixed list of parameters. */
export class HeatSlice {
  private norms: Float32Array;
  private flags: Uint8Array;
  private readonly cursors: Uint32Array;
  private readonly dirty = new DirtyBuckets();

  /**
   * @param series rows of each parameter, in the order of the strip
   * @param onNonFinite told of each gradient that held a NaN or an infinity
   */
  constructor(private readonly span: BucketSpan, private readonly series: GrowingColumns<SeriesColumn>[], private readonly onNonFinite: (step: number, flag: number) => void) {
    this.norms = new Float32Array(FIRST_BUCKETS * series.length).fill(NaN);
    this.flags = new Uint8Array(FIRST_BUCKETS * series.length);
    this.cursors = new Uint32Array(series.length);
  }

  /** Reads on and hands out what changed; null where nothing did. */
  take(): HeatPart | null {
    this.series.forEach((series, parameter) => this.read(series, parameter));
    const from = this.dirty.take();
    if (from === null) return null;
    const parameters = this.series.length;
    const [start, end] = [from * parameters, this.dirty.count * parameters];
    return {from, parameters, norm: this.norms.slice(start, end), flags: this.flags.slice(start, end)};
  }

  private read(series: GrowingColumns<SeriesColumn>, parameter: number): void {
    const from = this.cursors[parameter] ?? 0;
    if (from === series.length) return;
    const [step, norm, nan, negInf, posInf] = [series.column('step'), series.column('norm'), series.column('nan'), series.column('negInf'), series.column('posInf')];
    for (let row = from; row < series.length; row++) {
      const bucket = bucketOf(this.span, step[row] ?? NaN);
      if (bucket < 0) continue;
      const held = ((nan[row] ?? 0) > 0 ? bucketFlag.nan : 0) | ((negInf[row] ?? 0) + (posInf[row] ?? 0) > 0 ? bucketFlag.infinite : 0);
      if (held !== 0) this.onNonFinite(step[row] ?? NaN, held);
      this.put(bucket, parameter, norm[row] ?? NaN, held);
    }
    this.cursors[parameter] = series.length;
  }

  private put(bucket: number, parameter: number, norm: number, held: number): void {
    const at = bucket * this.series.length + parameter;
    if (at >= this.norms.length) this.grow(bucket + 1);
    this.dirty.touch(bucket);
    const flag = held | flagOf(norm);
    if (flag !== 0) this.flags[at] = (this.flags[at] ?? 0) | flag;
    const before = this.norms[at] ?? NaN;
    const isNumber = Number.isFinite(norm);
    if (Number.isFinite(before) && (!isNumber || norm <= before)) return;
    // A norm is a float64 and may lie beyond the largest float32 without being infinite.
    this.norms[at] = isNumber ? Math.min(norm, LARGEST_FLOAT32) : norm;
  }

  private grow(buckets: number): void {
    const length = Math.max(this.norms.length * 2, buckets * this.series.length);
    const norms = new Float32Array(length).fill(NaN);
    const flags = new Uint8Array(length);
    norms.set(this.norms);
    flags.set(this.flags);
    this.norms = norms;
    this.flags = flags;
  }
}

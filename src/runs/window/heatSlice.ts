import {bucketFlag, type HeatMessage} from '../../protocol/panel';
import type {GrowingColumns} from '../growingColumns';
import type {ParameterColumn} from '../runReader';
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
  private readonly dirty = new DirtyBuckets();
  /** Place of a parameter in the strip, by its number in the record. */
  private readonly places: Map<number, number>;
  private read = 0;

  /**
   * @param rows of all parameters
   * @param parameters numbers of those that are drawn, in the order of the strip
   * @param onNonFinite told of each gradient that held a NaN or an infinity
   */
  constructor(private readonly span: BucketSpan, private readonly rows: GrowingColumns<ParameterColumn>, private readonly parameters: readonly number[], private readonly onNonFinite: (step: number, flag: number) => void) {
    this.norms = new Float32Array(FIRST_BUCKETS * parameters.length).fill(NaN);
    this.flags = new Uint8Array(FIRST_BUCKETS * parameters.length);
    this.places = new Map(parameters.map((parameter, place) => [parameter, place]));
  }

  /** Reads on and hands out what changed; null where nothing did. */
  take(): HeatPart | null {
    this.readOn();
    const from = this.dirty.take();
    if (from === null) return null;
    const parameters = this.parameters.length;
    const [start, end] = [from * parameters, this.dirty.count * parameters];
    return {from, parameters, norm: this.norms.slice(start, end), flags: this.flags.slice(start, end)};
  }

  private readOn(): void {
    const {rows, span, places} = this;
    const [parameter, step, norm] = [rows.column('parameter'), rows.column('step'), rows.column('norm')];
    const [nan, negInf, posInf] = [rows.column('nan'), rows.column('negInf'), rows.column('posInf')];
    for (; this.read < rows.length; this.read++) {
      const row = this.read;
      const at = step[row] ?? NaN;
      const bucket = bucketOf(span, at);
      const place = bucket < 0 ? undefined : places.get(parameter[row] ?? -1);
      if (place === undefined) continue;
      const held = ((nan[row] ?? 0) > 0 ? bucketFlag.nan : 0) | ((negInf[row] ?? 0) + (posInf[row] ?? 0) > 0 ? bucketFlag.infinite : 0);
      if (held !== 0) this.onNonFinite(at, held);
      this.put(bucket, place, norm[row] ?? NaN, held);
    }
  }

  private put(bucket: number, place: number, norm: number, held: number): void {
    const at = bucket * this.parameters.length + place;
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
    const length = Math.max(this.norms.length * 2, buckets * this.parameters.length);
    const norms = new Float32Array(length).fill(NaN);
    const flags = new Uint8Array(length);
    norms.set(this.norms);
    flags.set(this.flags);
    this.norms = norms;
    this.flags = flags;
  }
}

import {MOMENT_COLUMNS, moment} from '../protocol/moments';
import type {BindingTensor} from '../sing/nativeOps';
import type {OpAttribute, TfjsBinding} from './nativeOps';

/** What is used of the native binding of tfjs-node(-gpu) beside what the native operations use. */
export interface DeviceBinding extends TfjsBinding {
  readonly TF_ATTR_TYPE: number;
  readonly TF_FLOAT: number;
  readonly TF_BOOL: number;
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array): number;
}

/** TensorFlow's number of float64, which TensorFlow.js does not know. */
const DOUBLE = 2;

/** Sets of parameters that are kept: each takes as much as a gradient of the network. */
const MOST_SEGMENTS = 2;

/** What is packed for one readback, a row of [parameters] each. */
const packed = ['finite', 'sum', 'deviations', 'squares', 'min', 'max', 'zeros', 'nan', 'negInf', 'posInf'] as const;

/**
 * Moments of gradients that lie on a GPU, by TensorFlow's own kernels in float64: all gradients as one vector, sums by segment, and
 * one readback of ten numbers a parameter. Gradients themselves never leave the device.
 */
export class DeviceMoments {
  private readonly made: number[] = [];
  /** By the sizes of the gradients, the latest last: trainings in turns have some each. */
  private readonly segments = new Map<string, number>();

  constructor(private readonly binding: DeviceBinding) {}

  /**
   * @param inputIds float32 tensors of the binding
   * @param sizes how many elements each has
   * @returns a row of `MOMENT_COLUMNS` each, as the native operation gives it
   */
  moments(inputIds: readonly number[], sizes: readonly number[]): Float64Array {
    try {
      return this.rows(this.readback(inputIds, sizes), sizes);
    } finally {
      for (const id of this.made.splice(0)) this.binding.deleteTensor(id);
    }
  }

  private readback(inputIds: readonly number[], sizes: readonly number[]): Float64Array {
    const {TF_FLOAT, TF_INT32, TF_BOOL} = this.binding;
    const count = this.integers([], [inputIds.length]);
    const of = this.segmentsOf(sizes);
    const flat = inputIds.map((id) => this.run('Reshape', {T: TF_FLOAT, Tshape: TF_INT32}, id, this.integers([1], [-1])));
    const all = flat.length === 1 ? flat[0] as number : this.runMany('ConcatV2', {T: TF_FLOAT, Tidx: TF_INT32}, flat, this.integers([], [0]));
    const wide = (id: number, from: number): number => this.run('Cast', {SrcT: from, DstT: DOUBLE}, id);
    const number = (value: number): number => this.float(value);
    const double = (name: string, ...inputs: number[]): number => this.run(name, {T: DOUBLE}, ...inputs);
    const bySegment = (name: string, id: number): number => this.run(name, {T: DOUBLE, Tindices: TF_INT32, Tnumsegments: TF_INT32}, id, of, count);
    const counted = (mask: number): number => bySegment('UnsortedSegmentSum', wide(mask, TF_BOOL));
    const equals = (value: number): number => counted(this.run('Equal', {T: TF_FLOAT}, all, number(value)));

    const isFinite = this.run('IsFinite', {T: TF_FLOAT}, all);
    const values = wide(all, TF_FLOAT);
    const orElse = (instead: number): number => double('SelectV2', isFinite, values, wide(number(instead), TF_FLOAT));
    const kept = orElse(0);
    const finite = counted(isFinite);
    const sum = bySegment('UnsortedSegmentSum', kept);
    const means = double('DivNoNan', sum, finite);
    const meanOfEach = this.run('GatherV2', {Tparams: DOUBLE, Tindices: TF_INT32, Taxis: TF_INT32}, means, of, this.integers([], [0]));
    const distance = double('SelectV2', isFinite, double('Sub', values, meanOfEach), wide(number(0), TF_FLOAT));
    const rows: Record<(typeof packed)[number], number> = {
      finite, sum,
      deviations: bySegment('UnsortedSegmentSum', double('Square', distance)),
      squares: bySegment('UnsortedSegmentSum', double('Square', kept)),
      min: bySegment('UnsortedSegmentMin', orElse(Infinity)),
      max: bySegment('UnsortedSegmentMax', orElse(-Infinity)),
      zeros: equals(0), nan: counted(this.run('IsNan', {T: TF_FLOAT}, all)), negInf: equals(-Infinity), posInf: equals(Infinity),
    };
    const together = this.runMany('Pack', {T: DOUBLE}, packed.map((name) => rows[name]));
    // The binding reads no doubles, so they travel as pairs of int32.
    const ints = this.binding.tensorDataSync(this.run('Bitcast', {T: DOUBLE, type: TF_INT32}, together));
    return new Float64Array(ints.buffer.slice(ints.byteOffset, ints.byteOffset + packed.length * sizes.length * 8));
  }

  private rows(numbers: Float64Array, sizes: readonly number[]): Float64Array {
    const rows = new Float64Array(sizes.length * MOMENT_COLUMNS);
    sizes.forEach((size, row) => {
      const value = (name: (typeof packed)[number]): number => numbers[packed.indexOf(name) * sizes.length + row] ?? NaN;
      const finite = value('finite');
      const some = (number: number): number => (finite > 0 ? number : NaN);
      const at = row * MOMENT_COLUMNS;
      rows[at + moment.count] = size;
      rows[at + moment.finite] = finite;
      rows[at + moment.mean] = some(value('sum') / finite);
      rows[at + moment.std] = some(Math.sqrt(value('deviations') / finite));
      rows[at + moment.min] = some(value('min'));
      rows[at + moment.max] = some(value('max'));
      rows[at + moment.norm] = finite > 0 ? Math.sqrt(value('squares')) : 0;
      rows[at + moment.maxAbs] = some(Math.max(-value('min'), value('max')));
      for (const name of ['zeros', 'nan', 'negInf', 'posInf'] as const) rows[at + moment[name]] = value(name);
    });
    return rows;
  }

  /** Which parameter each element belongs to; stays on the device as long as it is used. */
  private segmentsOf(sizes: readonly number[]): number {
    const key = sizes.join();
    const held = this.segments.get(key);
    this.segments.delete(key);
    const id = held ?? this.upload(sizes);
    this.segments.set(key, id);
    const [[oldest, oldestId] = ['', id]] = this.segments;
    if (this.segments.size > MOST_SEGMENTS) {
      this.binding.deleteTensor(oldestId);
      this.segments.delete(oldest);
    }
    return id;
  }

  private upload(sizes: readonly number[]): number {
    const all = new Int32Array(sizes.reduce((sum, size) => sum + size, 0));
    let at = 0;
    sizes.forEach((size, row) => { all.fill(row, at, at += size); });
    return this.binding.createTensor([all.length], this.binding.TF_INT32, all);
  }

  private run(name: string, types: Record<string, number>, ...inputs: number[]): number {
    return this.execute(name, this.types(types), inputs);
  }

  private runMany(name: string, types: Record<string, number>, list: readonly number[], ...inputs: number[]): number {
    const attributes = [{name: 'N', type: this.binding.TF_ATTR_INT, value: list.length}, ...this.types(types)];
    return this.execute(name, attributes, [...list, ...inputs]);
  }

  private types(types: Record<string, number>): OpAttribute[] {
    return Object.entries(types).map(([name, value]) => ({name, type: this.binding.TF_ATTR_TYPE, value}));
  }

  private integers(shape: number[], values: number[]): number {
    return this.kept(this.binding.createTensor(shape, this.binding.TF_INT32, Int32Array.from(values)));
  }

  private float(value: number): number {
    return this.kept(this.binding.createTensor([], this.binding.TF_FLOAT, Float32Array.of(value)));
  }

  private execute(name: string, attributes: OpAttribute[], inputs: number[]): number {
    return this.kept((this.binding.executeOp(name, attributes, inputs, 1)[0] as BindingTensor).id);
  }

  private kept(id: number): number {
    this.made.push(id);
    return id;
  }
}

import {createRequire} from 'node:module';
import {messageOf} from '../platform/failure';
import {HISTOGRAM_BINS} from '../protocol/histogram';
import {MOMENT_COLUMNS} from '../protocol/moments';

/** A tensor as the native binding of TensorFlow.js hands it out: `dtype` is TensorFlow's number. */
export interface BindingTensor {
  id: number;
  shape: number[];
  dtype: number;
}

/** What is used of the native binding of tfjs-node(-gpu), `tf.backend().binding`. */
export interface TfjsBinding {
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  executeOp(name: string, attributes: OpAttribute[], inputIds: number[], outputs: number): BindingTensor[];
  tensorDataSync(id: number): ArrayBufferView;
  deleteTensor(id: number): void;
}

interface OpAttribute {
  name: string;
  type: number;
  value: number | number[];
}

/** Axes over which the mean of a gradient is taken: none, all but the last, the first two, the last. */
export type CentralizeAxes = 0 | 1 | 2 | 3;

/** Division by nothing, by the L2 norm plus epsilon, by the norm over the root of the size plus epsilon. */
export type NormalizeBy = 0 | 1 | 2;

/**
 * The ops of `native/`, run on tensors of the binding by their ids, past the engine of tfjs:
 * `tf.memory()` does not change. Each throws what TensorFlow says, for instance when an input is not
 * float32; nothing is left allocated then.
 */
export interface NativeOps {
  /** Moments of float32 tensors: row-major `[inputIds.length, MOMENT_COLUMNS]`. At least one input. */
  moments(inputIds: number[]): Float64Array;
  /** Counts by the top ten bits of each value: row-major `[inputIds.length, HISTOGRAM_BINS]`. */
  histograms(inputIds: number[]): Int32Array;
  /**
   * SING's transform of float32 gradients. The caller owns the outputs, new tensors in the order and
   * shapes of the inputs; `norms` are their L2 norms.
   * @param axes one for each input; 2 needs a rank of 3 or more, 1 and 3 of 1 or more
   */
  sing(inputIds: number[], axes: readonly CentralizeAxes[], normalize: NormalizeBy, epsilon: number):
    {outputs: BindingTensor[]; norms: Float64Array};
}

/**
 * Loads the ops into the TensorFlow that the binding has loaded.
 * @param opsPath `lib/singscope_ops.node` of a managed runtime
 * @returns the ops, or why this TensorFlow can't have them, in one line
 */
export function loadNativeOps(opsPath: string, binding: TfjsBinding): NativeOps | {error: string} {
  try {
    // Not `require`: the bundle has none of its own at run time, and a .node file needs Node's.
    const loaded = createRequire(opsPath)(opsPath) as {registered: boolean; error?: string};
    if (!loaded.registered) return {error: loaded.error ?? 'the ops were not registered'};
    return new BindingOps(binding);
  } catch (error) {
    return {error: messageOf(error)};
  }
}

class BindingOps implements NativeOps {
  // Attributes are the same at every step; building them anew would cost more than a small op.
  private readonly counts = new Map<number, OpAttribute[]>();
  private singAttributes: OpAttribute[] = [];

  constructor(private readonly binding: TfjsBinding) {}

  moments(inputIds: number[]): Float64Array {
    const ints = this.readOnly('SingscopeMoments', inputIds);
    return new Float64Array(ints.buffer, ints.byteOffset, inputIds.length * MOMENT_COLUMNS);
  }

  histograms(inputIds: number[]): Int32Array {
    const ints = this.readOnly('SingscopeHistogram', inputIds);
    return new Int32Array(ints.buffer, ints.byteOffset, inputIds.length * HISTOGRAM_BINS);
  }

  sing(inputIds: number[], axes: readonly CentralizeAxes[], normalize: NormalizeBy, epsilon: number):
    {outputs: BindingTensor[]; norms: Float64Array} {
    const attributes = this.attributesOfSing(inputIds.length, axes, normalize, epsilon);
    const outputs = this.binding.executeOp('SingscopeSing', attributes, inputIds, inputIds.length + 1);
    try {
      const ints = this.take(outputs.pop() as BindingTensor);
      return {outputs, norms: new Float64Array(ints.buffer, ints.byteOffset, inputIds.length)};
    } catch (error) {
      for (const output of outputs) this.binding.deleteTensor(output.id);
      throw error;
    }
  }

  private readOnly(op: string, inputIds: number[]): ArrayBufferView {
    let attributes = this.counts.get(inputIds.length);
    if (!attributes) {
      attributes = [this.countAttribute(inputIds.length)];
      this.counts.set(inputIds.length, attributes);
    }
    return this.take(this.binding.executeOp(op, attributes, inputIds, 1)[0] as BindingTensor);
  }

  private take(tensor: BindingTensor): ArrayBufferView {
    try {
      return this.binding.tensorDataSync(tensor.id);
    } finally {
      this.binding.deleteTensor(tensor.id);
    }
  }

  private countAttribute(count: number): OpAttribute {
    return {name: 'N', type: this.binding.TF_ATTR_INT, value: count};
  }

  private attributesOfSing(count: number, axes: readonly number[], normalize: number, epsilon: number): OpAttribute[] {
    const [, lastAxes, lastNormalize, lastEpsilon] = this.singAttributes;
    const same = lastAxes !== undefined && lastNormalize?.value === normalize && lastEpsilon?.value === epsilon &&
      sameNumbers(lastAxes.value as number[], axes) && axes.length === count;
    if (!same) {
      this.singAttributes = [
        this.countAttribute(count),
        {name: 'axes', type: this.binding.TF_ATTR_INT, value: [...axes]},
        {name: 'normalize', type: this.binding.TF_ATTR_INT, value: normalize},
        {name: 'epsilon', type: this.binding.TF_ATTR_FLOAT, value: epsilon},
      ];
    }
    return this.singAttributes;
  }
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

import {createRequire} from 'node:module';
import {messageOf} from '../platform/failure';
import {HISTOGRAM_BINS} from '../protocol/histogram';
import {MOMENT_COLUMNS} from '../protocol/moments';
import type {BindingTensor, CentralizeAxes, NativeOps, NativeOutcome, NativeStep, NormalizeBy} from '../sing/nativeOps';
import {stepNumbers, stepReport} from './nativeStep';

/** What is used of the native binding of tfjs-node(-gpu), `tf.backend().binding`. */
export interface TfjsBinding {
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_INT32: number;
  createTensor(shape: number[], dtype: number, values: Int32Array): number;
  executeOp(name: string, attributes: OpAttribute[], inputIds: number[], outputs: number): BindingTensor[];
  tensorDataSync(id: number): ArrayBufferView;
  deleteTensor(id: number): void;
}

export interface OpAttribute {
  name: string;
  type: number;
  value: number | number[];
}

/** Of native/init.cc: a runtime that was installed before has ops that are called in another way. */
const OPS_INTERFACE = 3;

/**
 * Loads the ops into the TensorFlow that the binding has loaded.
 * @param opsPath `lib/singscope_ops.node` of a managed runtime
 * @returns the ops, or why this TensorFlow can't have them, in one line
 */
export function loadNativeOps(opsPath: string, binding: TfjsBinding): NativeOps | {error: string} {
  try {
    // Not `require`: the bundle has none of its own at run time, and a .node file needs Node's.
    const loaded = createRequire(opsPath)(opsPath) as {registered: boolean; interface?: number; error?: string};
    if (!loaded.registered) return {error: loaded.error ?? 'the ops were not registered'};
    if (loaded.interface !== OPS_INTERFACE) return {error: 'they are those of another version of singscope; `singscope runtime install` renews them'};
    return new BindingOps(binding);
  } catch (error) {
    return {error: messageOf(error)};
  }
}

class BindingOps implements NativeOps {
  // Attributes are the same at every step; building them anew would cost more than a small op.
  private readonly counts = new Map<number, OpAttribute[]>();
  private singAttributes: OpAttribute[] = [];
  private updateAttributes: OpAttribute[] = [];

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

  update(step: NativeStep): NativeOutcome {
    const {gradients, weights, state, slow} = step;
    const numbers = stepNumbers(step);
    const numbersId = this.binding.createTensor([numbers.length, 2], this.binding.TF_INT32, new Int32Array(numbers.buffer));
    let outputs: BindingTensor[];
    try {
      const inputs = [...gradients, ...weights, ...state, ...slow ?? [], numbersId];
      outputs = this.binding.executeOp('SingscopeUpdate', this.attributesOfUpdate(gradients.length, state.length + (slow?.length ?? 0)), inputs, gradients.length + 1);
    } finally {
      this.binding.deleteTensor(numbersId);
    }
    try {
      const ints = this.take(outputs.pop() as BindingTensor);
      const report = stepReport(new Float64Array(ints.buffer, ints.byteOffset, ints.byteLength / 8), gradients.length);
      if (report.skipped) for (const {id} of outputs.splice(0)) this.binding.deleteTensor(id);
      return {weights: outputs, ...report};
    } catch (error) {
      for (const {id} of outputs) this.binding.deleteTensor(id);
      throw error;
    }
  }

  state(likeId: number, fill: 'zeros' | 'copy'): BindingTensor {
    const copy: OpAttribute = {name: 'copy', type: this.binding.TF_ATTR_INT, value: Number(fill === 'copy')};
    return this.binding.executeOp('SingscopeState', [copy], [likeId], 1)[0] as BindingTensor;
  }

  release(id: number): void {
    this.binding.deleteTensor(id);
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

  private attributesOfUpdate(parameters: number, state: number): OpAttribute[] {
    const [lastParameters, lastState] = this.updateAttributes;
    if (lastParameters?.value !== parameters || lastState?.value !== state) {
      this.updateAttributes = [this.countAttribute(parameters), {name: 'M', type: this.binding.TF_ATTR_INT, value: state}];
    }
    return this.updateAttributes;
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

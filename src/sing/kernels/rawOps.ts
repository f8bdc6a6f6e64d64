import type {BindingTensor} from '../nativeOps';
import type {NodeBackend} from './nodeBackend';

interface Attribute {
  name: string;
  type: number;
  value: number | string | boolean | number[];
}

/** The native binding of tfjs-node. */
interface Binding {
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  createTensor(shape: number[], dtype: number, values: Float32Array | Int32Array): number;
  executeOp(name: string, attributes: Attribute[], inputIds: number[], outputs: number): BindingTensor[];
  deleteTensor(id: number): void;
}

export interface RawBackend extends NodeBackend {
  readonly binding: Binding;
}

/** TensorFlow's number of float64, which TensorFlow.js does not know. */
const DOUBLE = 2;

/**
 * TensorFlow's own kernels on tensors of the binding, past the engine of TensorFlow.js, which costs more than a small
 * kernel. What they make is deleted when the {@link scope} ends, but for what was taken out.
 */
export class RawOps {
  private readonly made = new Set<number>();
  private readonly numbers = new Map<number, number>();
  private readonly float: Attribute[];
  private readonly double: Attribute[];
  private readonly mean: Attribute[];
  private readonly toDouble: Attribute[];
  private readonly toFloat: Attribute[];
  private readonly resource: Attribute[];
  private readonly update: Attribute[];
  private variables = 0;
  private readonly prefix = `sing-${Math.random().toString(36).slice(2)}`;

  constructor(private readonly binding: Binding) {
    const {TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT, TF_INT32} = binding;
    const type = (name: string, value: number): Attribute => ({name, type: TF_ATTR_TYPE, value});
    this.float = [type('T', TF_FLOAT)];
    this.double = [type('T', DOUBLE)];
    this.mean = [type('T', TF_FLOAT), type('Tidx', TF_INT32), {name: 'keep_dims', type: TF_ATTR_BOOL, value: true}];
    this.toDouble = [type('SrcT', TF_FLOAT), type('DstT', DOUBLE)];
    this.toFloat = [type('SrcT', DOUBLE), type('DstT', TF_FLOAT)];
    this.resource = [type('dtype', TF_FLOAT)];
    this.update = [...this.float, {name: 'use_locking', type: TF_ATTR_BOOL, value: false}];
  }

  /** Runs a piece of work and deletes what it made. */
  scope<T>(work: () => T): T {
    try {
      return work();
    } finally {
      for (const id of this.made) this.binding.deleteTensor(id);
      this.made.clear();
      this.numbers.clear();
    }
  }

  /** A float32 kernel with one output. */
  run(name: string, ...inputs: number[]): number {
    return this.kept(this.execute(name, this.float, inputs));
  }

  /** Takes a float32 result out of the scope. */
  take(id: number, shape: number[]): BindingTensor {
    this.made.delete(id);
    return {id, shape, dtype: this.binding.TF_FLOAT};
  }

  scalar(value: number): number {
    let id = this.numbers.get(value);
    if (id === undefined) {
      id = this.kept(this.binding.createTensor([], this.binding.TF_FLOAT, Float32Array.of(value)));
      this.numbers.set(value, id);
    }
    return id;
  }

  /** Less its mean over the axes. */
  centralize(id: number, axes: readonly number[]): number {
    const over = this.kept(this.binding.createTensor([axes.length], this.binding.TF_INT32, Int32Array.from(axes)));
    return this.run('Sub', id, this.kept(this.execute('Mean', this.mean, [id, over])));
  }

  /** Divided by its L2 norm times `scale`, plus epsilon, in float64: no square of a float overflows there. */
  normalize(id: number, scale: number, epsilon: number): number {
    const wide = (name: string, ...inputs: number[]): number => this.kept(this.execute(name, this.double, inputs));
    const double = (value: number): number => this.kept(this.execute('Cast', this.toDouble, [this.scalar(value)]));
    const values = this.kept(this.execute('Cast', this.toDouble, [id]));
    // Half the sum of squares.
    const norm = wide('Sqrt', wide('Mul', wide('L2Loss', values), double(2 * scale * scale)));
    const quotient = wide('DivNoNan', values, wide('AddV2', norm, double(epsilon)));
    return this.kept(this.execute('Cast', this.toFloat, [quotient]));
  }

  /** A new variable of TensorFlow's own, the caller's to destroy. */
  variable(shape: number[], value: number): number {
    const {TF_ATTR_STRING, TF_ATTR_SHAPE} = this.binding;
    const handle = this.execute('VarHandleOp', [
      ...this.resource,
      {name: 'shape', type: TF_ATTR_SHAPE, value: shape},
      {name: 'container', type: TF_ATTR_STRING, value: ''},
      {name: 'shared_name', type: TF_ATTR_STRING, value: `${this.prefix}-${this.variables++}`},
    ], []);
    this.assign(handle, value);
    return handle;
  }

  assign(handle: number, value: number): void {
    this.binding.executeOp('AssignVariableOp', this.resource, [handle, value], 0);
  }

  read(handle: number): number {
    return this.kept(this.execute('ReadVariableOp', this.resource, [handle]));
  }

  /** A kernel that updates variables in place. */
  apply(name: string, attributes: {name: string; value: boolean}[], ...inputs: number[]): void {
    const extra = attributes.map((attribute) => ({...attribute, type: this.binding.TF_ATTR_BOOL}));
    this.binding.executeOp(name, [...this.update, ...extra], inputs, 0);
  }

  destroy(handle: number): void {
    this.binding.executeOp('DestroyResourceOp', [{name: 'ignore_lookup_error', type: this.binding.TF_ATTR_BOOL, value: true}], [handle], 0);
    this.binding.deleteTensor(handle);
  }

  private execute(name: string, attributes: Attribute[], inputs: number[]): number {
    return this.binding.executeOp(name, attributes, inputs, 1)[0]!.id;
  }

  private kept(id: number): number {
    this.made.add(id);
    return id;
  }
}

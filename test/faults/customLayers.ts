import * as tf from '@tensorflow/tfjs';

type Operation = (x: tf.Tensor, step: number) => tf.Tensor;

/** A layer as users write them: no weights, one operation. */
class OperationLayer extends tf.layers.Layer {
  static readonly className = 'OperationLayer';
  private calls = 0;

  constructor(private readonly operation: Operation, name: string) {
    super({name});
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    this.calls++;
    return this.operation(Array.isArray(inputs) ? inputs[0] as tf.Tensor : inputs, this.calls);
  }

  override getClassName(): string {
    return 'OperationLayer';
  }
}

/** A layer as users write them: its own kernel and bias, and one operation behind. */
class KernelLayer extends tf.layers.Layer {
  static readonly className = 'KernelLayer';
  private kernel: tf.LayerVariable | null = null;
  private bias: tf.LayerVariable | null = null;
  private calls = 0;

  constructor(private readonly units: number, private readonly operation: Operation, name: string) {
    super({name});
  }

  override build(shape: tf.Shape): void {
    this.kernel = this.addWeight('kernel', [shape.at(-1) ?? 1, this.units], 'float32', tf.initializers.glorotNormal({}));
    this.bias = this.addWeight('bias', [this.units], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return [...shape.slice(0, -1), this.units];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    this.calls++;
    const x = Array.isArray(inputs) ? inputs[0] as tf.Tensor : inputs;
    return this.operation(x.matMul(this.kernel?.read() as tf.Tensor).add(this.bias?.read() as tf.Tensor), this.calls);
  }

  override getClassName(): string {
    return 'KernelLayer';
  }
}

export const operationLayer = (name: string, operation: Operation): tf.layers.Layer => new OperationLayer(operation, name);
export const kernelLayer = (name: string, units: number, operation: Operation): tf.layers.Layer => new KernelLayer(units, operation, name);

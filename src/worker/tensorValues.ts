import type {TfTensor} from './tfjsTypes';

/** What native operations and TensorFlow's own on a device take. A script may give an optimizer whole numbers, the sign of a gradient say. */
export function areFloats(tensors: readonly TfTensor[]): boolean {
  return tensors.every(({dtype}) => dtype === 'float32');
}

/** The tensor's values. The pure JavaScript backend gives its own array: read it, don't write. */
export function asFloats(tensor: TfTensor): Float32Array {
  const values = tensor.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

import type {TfTensor} from './tfjsTypes';

/** The tensor's values. The pure JavaScript backend gives its own array: read it, don't write. */
export function asFloats(tensor: TfTensor): Float32Array {
  const values = tensor.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

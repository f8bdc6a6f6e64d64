import type {Curve, PackedBytes, PackedFloats} from './reportData';

/** Packs numbers as float32. All machines that Node runs on are little-endian, as the page expects. */
export function packFloats(values: ArrayLike<number>): PackedFloats {
  const floats = Float32Array.from(values);
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('base64');
}

export function packBytes(values: Uint8Array): PackedBytes {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

export function packCurve(curve: {step: ArrayLike<number>; value: ArrayLike<number>}): Curve {
  return {step: packFloats(curve.step), value: packFloats(curve.value)};
}

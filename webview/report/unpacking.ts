import type {Curve, PackedBytes, PackedFloats} from '../../src/runs/report/reportData';

export interface Points {
  x: Float32Array;
  y: Float32Array;
}

export function unpackBytes(packed: PackedBytes): Uint8Array {
  return Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
}

export function unpackFloats(packed: PackedFloats): Float32Array {
  return new Float32Array(unpackBytes(packed).buffer as ArrayBuffer);
}

export function unpackCurve({step, value}: Curve): Points {
  return {x: unpackFloats(step), y: unpackFloats(value)};
}

/**
 * Histograms count float32 values by their top ten bits: sign, exponent, first bit of the
 * mantissa. So edges are the same for every parameter and step (half octaves, 2^k and
 * 1.5 · 2^k), and any two histograms can be subtracted or merged.
 */
export const HISTOGRAM_BINS = 1024;

const SIGN_BIT = 512;
const SPECIAL = 510;

/** One histogram as it is stored: bins that hold something, and their counts. */
export interface SparseHistogram {
  bins: Uint16Array;
  counts: Uint32Array;
}

/** Lower and upper edge of a bin by magnitude, with the sign; special bins give ±Infinity. */
export function binEdges(bin: number): {low: number; high: number} {
  const negative = bin >= SIGN_BIT;
  const key = bin % SIGN_BIT;
  const low = key >= SPECIAL ? Infinity : lowerEdge(key);
  const high = key + 1 >= SPECIAL ? Infinity : lowerEdge(key + 1);
  return negative ? {low: -high, high: -low} : {low, high};
}

/** Bin of a finite float32 value. */
export function binOf(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0) >>> 22;
}

function lowerEdge(key: number): number {
  const exponent = key >> 1;
  const half = key & 1;
  // Exponent 0 holds zero and the subnormal numbers, which lack the implicit leading one.
  if (exponent === 0) return half * 2 ** -127;
  return (1 + half / 2) * 2 ** (exponent - 127);
}

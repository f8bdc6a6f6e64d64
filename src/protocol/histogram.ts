/**
 * Histograms count float32 values by their top ten bits: sign, exponent, first bit of the
 * mantissa. So edges are the same for every parameter and step (half octaves, 2^k and
 * 1.5 · 2^k), and any two histograms can be subtracted or merged. Bins 0 and 512 hold zeros
 * alone (1 and 513 all subnormal numbers), 510 and 1022 infinities alone, 511 and 1023 NaN.
 */
export const HISTOGRAM_BINS = 1024;

const SIGN_BIT = 512;
const SPECIAL = 510;

/** One histogram as it is stored: bins that hold something, and their counts. */
export interface SparseHistogram {
  bins: Uint16Array;
  counts: Uint32Array;
}

/** Lower and upper edge of a bin, the one nearer to zero in it; zeros lie between 0 and 0, special bins give ±Infinity. */
export function binEdges(bin: number): {low: number; high: number} {
  const negative = bin >= SIGN_BIT;
  const key = bin % SIGN_BIT;
  const low = key >= SPECIAL ? Infinity : lowerEdge(key);
  const high = key === 0 ? 0 : key + 1 >= SPECIAL ? Infinity : lowerEdge(key + 1);
  return negative ? {low: 0 - high, high: 0 - low} : {low, high};
}

/** Bin of a float32 value. */
export function binOf(value: number): number {
  return binOfBits(new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0);
}

/** Bin of the float32 value with these bits. */
export function binOfBits(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  // The first bit of the mantissa does not tell the smallest subnormal numbers from zero, nor a signalling NaN from infinity.
  const beside = (magnitude > 0 && magnitude < 0x400000) || (magnitude > 0x7f800000 && magnitude < 0x7fc00000);
  return (bits >>> 22) + (beside ? 1 : 0);
}

function lowerEdge(key: number): number {
  const exponent = key >> 1;
  const half = key & 1;
  if (exponent === 0) return 0;
  return (1 + half / 2) * 2 ** (exponent - 127);
}

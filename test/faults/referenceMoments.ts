/** Float64 reference of one row of the moments matrix; see src/protocol/moments.ts. */
export function momentsOf(values: Float32Array): number[] {
  let finite = 0, sum = 0, square = 0, zeros = 0, nan = 0, negInf = 0, posInf = 0, min = Infinity, max = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) nan++;
    else if (value === Infinity) posInf++;
    else if (value === -Infinity) negInf++;
    else {
      finite++;
      sum += value;
      square += value * value;
      if (value === 0) zeros++;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  if (finite === 0) return [values.length, 0, NaN, NaN, NaN, NaN, 0, zeros, nan, negInf, posInf, NaN];
  const mean = sum / finite;
  let deviation = 0;
  for (const value of values) if (Number.isFinite(value)) deviation += (value - mean) ** 2;
  return [values.length, finite, mean, Math.sqrt(deviation / finite), min, max, Math.sqrt(square), zeros, nan, negInf, posInf, Math.max(-min, max)];
}

/** A number as a person reads it: three digits, and the usual signs for what is no finite number. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e6 || size < 1e-3) ? value.toExponential(1).replace('e+', 'e') : String(size >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
  return text.replaceAll('-', '−');
}

/** `dense_1, dense_2, dense_3` of a few; of many the first. */
export function firstOf(names: readonly string[], most: number): {named: string; more: number} {
  return {named: names.slice(0, most).join(', '), more: Math.max(0, names.length - most)};
}

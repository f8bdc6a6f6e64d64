/** A number beside a chart: short, with words for what is no finite number. */
export function chartNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(2).replace(/\.?0+e/, 'e').replace('e+', 'e') : Number(value.toPrecision(4)).toString();
  return text.replaceAll('-', '−');
}

/** Tick of a logarithmic axis: powers of ten as `10ⁿ` where they are many digits long. */
export function powerTick(value: number): string {
  const exponent = Math.log10(value);
  if (Math.abs(exponent - Math.round(exponent)) > 1e-9) return '';
  if (exponent >= -2 && exponent <= 3) return String(Number(value.toPrecision(3)));
  return `10${[...String(Math.round(exponent))].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? '⁻').join('')}`;
}

/** A number beside a chart: short, with words for what is no finite number. */
export function chartNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3).replace(/\.?0+e/, 'e').replace('e+', 'e') : Number(value.toPrecision(4)).toString();
  return text.replaceAll('-', '−');
}

/**
 * Tick of a logarithmic axis; nothing for values between those that are named.
 * @param decades powers of ten that the axis covers: a short axis names 1, 2 and 5, a longer one powers, as `10ⁿ` where they have many digits
 */
export function logTick(value: number, decades: number): string {
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  const digit = Number((value / 10 ** exponent).toPrecision(6));
  if (decades < 2.2 ? ![1, 2, 5].includes(digit) : digit !== 1) return '';
  if (exponent >= -2 && exponent <= 3) return String(Number(value.toPrecision(3)));
  const power = `10${[...String(exponent)].map((character) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(character)] ?? '⁻').join('')}`;
  return digit === 1 ? power : `${digit} · ${power}`;
}

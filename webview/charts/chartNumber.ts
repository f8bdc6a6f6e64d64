/** A number beside a chart: short, with words for what is no finite number. */
export function chartNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(3).replace(/\.?0+e/, 'e').replace('e+', 'e') : Number(value.toPrecision(4)).toString();
  return text.replaceAll('-', '−');
}

/** A whole number, such as a step, grouped as the language does. */
export function wholeNumber(value: number, locale: string): string {
  let format = formats.get(locale);
  if (!format) formats.set(locale, format = new Intl.NumberFormat(locale, {maximumFractionDigits: 0}));
  return format.format(value);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Powers of ten that an axis names at most. */
const MOST_POWERS = 7;

/** Values that a logarithmic axis names: 1, 2 and 5 of each power of ten on a short one, whole powers on a long one. */
export function logTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const stride = Math.ceil(decades / MOST_POWERS);
  const ticks: number[] = [];
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.log10(max); exponent++) {
    for (const digit of decades < 2.2 ? [1, 2, 5] : [1]) {
      const value = Number(`${digit}e${exponent}`);
      if (value >= min && value <= max && exponent % stride === 0) ticks.push(value);
    }
  }
  return ticks;
}

/** Name of such a value: `10ⁿ` where it has many digits. */
export function logTickText(value: number): string {
  const [digit = '', exponent = ''] = value.toExponential(0).split('e');
  if (Number(exponent) >= -2 && Number(exponent) <= 3) return String(value);
  const power = `10${[...String(Number(exponent))].map((character) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(character)] ?? '⁻').join('')}`;
  return digit === '1' ? power : `${digit} · ${power}`;
}

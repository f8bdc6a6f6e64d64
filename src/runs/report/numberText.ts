/** A number for people: three significant digits, and words for what is no finite number. */
export function numberText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replaceAll('-', '−').replace('e+', 'e');
  if (size >= 1000) return Math.round(value).toLocaleString('en').replaceAll('-', '−');
  return Number(value.toPrecision(3)).toString().replaceAll('-', '−');
}

/** A loss for people: always three digits, so that a column of them lines up. */
export function lossText(loss: number | null): string {
  if (loss === null || !Number.isFinite(loss)) return numberText(loss);
  const size = Math.abs(loss);
  return size >= 0.01 && size < 1000 ? loss.toFixed(Math.max(0, 2 - Math.floor(Math.log10(size)))).replaceAll('-', '−') : numberText(loss);
}

/** A count with its noun: `1 run`, `3 runs`, `2 losses`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** Milliseconds for people. */
export function msText(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '–';
  return ms >= 1000 ? `${numberText(ms / 1000)} s` : `${numberText(ms)} ms`;
}

/** Share of a whole in percent. */
export function percentText(share: number | null): string {
  return share === null || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(1)} %`;
}

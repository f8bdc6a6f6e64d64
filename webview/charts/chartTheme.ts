/** Colours and type that charts draw with; the page decides them. */
export interface ChartTheme {
  ink: string;
  muted: string;
  rule: string;
  paper: string;
  alarm: string;
  /** Colours of the heat maps from small to large. */
  ramp: string[];
  fontFamily: string;
}

/** Colour on a ramp. @param share 0 … 1 */
export function rampColor(ramp: readonly string[], share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const low = parseColor(ramp[Math.floor(at)] ?? '#000000');
  const high = parseColor(ramp[Math.ceil(at)] ?? '#000000');
  const mixed = low.map((channel, i) => Math.round(channel + ((high[i] ?? 0) - channel) * (at - Math.floor(at))));
  return `rgb(${mixed.join(' ')})`;
}

/** A `#rrggbb` colour with an opacity. */
export function withAlpha(color: string, alpha: number): string {
  return `rgb(${parseColor(color).join(' ')} / ${alpha})`;
}

function parseColor(color: string): number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

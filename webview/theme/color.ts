let pixel: CanvasRenderingContext2D | null = null;

/** Any colour of CSS as `#rrggbb`, what is transparent in it laid over `paper`. An unknown one becomes black. */
export function toHex(color: string, paper: string): string {
  pixel ??= Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  if (!pixel) return paper;
  for (const fill of [paper, color.trim()]) {
    pixel.fillStyle = '#000000';
    pixel.fillStyle = fill;
    pixel.fillRect(0, 0, 1, 1);
  }
  return hex(Array.from(pixel.getImageData(0, 0, 1, 1).data));
}

/** Colour between two of `#rrggbb`. @param share of the second, 0 … 1 */
export function mix(first: string, second: string, share: number): string {
  const [a, b] = [channels(first), channels(second)];
  return hex(a.map((channel, i) => Math.round(channel + ((b[i] ?? 0) - channel) * share)));
}

function channels(color: string): number[] {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

function hex(values: readonly number[]): string {
  return `#${values.slice(0, 3).map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}

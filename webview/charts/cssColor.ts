export type Channels = readonly [red: number, green: number, blue: number, alpha: number];

let pixel: CanvasRenderingContext2D | null = null;
const known = new Map<string, Channels>();

/** Channels of a colour in any notation of CSS, 0 … 255 each. One that is none is black. */
export function channelsOf(color: string): Channels {
  let channels = known.get(color);
  if (channels === undefined) known.set(color, channels = read(color));
  return channels;
}

/** A colour with an opacity. @param alpha 0 … 1 */
export function withAlpha(color: string, alpha: number): string {
  const [red, green, blue, own] = channelsOf(color);
  return `rgb(${red} ${green} ${blue} / ${(alpha * own) / 255})`;
}

/** Only the browser knows all notations: it is asked by a pixel. */
function read(color: string): Channels {
  pixel ??= Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d', {willReadFrequently: true});
  if (!pixel) return [0, 0, 0, 255];
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = '#000000';
  pixel.fillStyle = color.trim();
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 255] = pixel.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, alpha];
}

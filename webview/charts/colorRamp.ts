import {channelsOf} from './cssColor';

const SIZE = 256;

/** Colours of a ramp, small to large, as ImageData holds them (one 32-bit word a pixel). */
export type RampTable = Uint32Array;

/** Colour on a ramp. @param share 0 … 1 */
export function rampColor(ramp: readonly string[], share: number): string {
  return `rgb(${mixed(ramp, share).join(' ')})`;
}

/** A ramp as 256 words of pixels. */
export function rampTable(ramp: readonly string[]): RampTable {
  const bytes = new Uint8ClampedArray(SIZE * 4);
  for (let i = 0; i < SIZE; i++) bytes.set([...mixed(ramp, i / (SIZE - 1)), 255], i * 4);
  return new Uint32Array(bytes.buffer);
}

/** Word of the colour at a share, 0 … 1; what lies outside takes the end. */
export function rampWord(table: RampTable, share: number): number {
  const at = share <= 0 ? 0 : share >= 1 ? SIZE - 1 : Math.round(share * (SIZE - 1));
  return table[at] ?? 0;
}

/**
 * Colours whose lightness rises or falls in equal steps of perception from `from` to `to`, with the hue of `via` between:
 * equal differences of a value look equally different, also to those who see few hues.
 */
export function evenRamp(from: string, via: string, to: string, steps: number): string[] {
  const [a, b, c] = [from, via, to].map((color) => toOklab(color)) as [Lab, Lab, Lab];
  const turn = c[0] === a[0] ? 0.5 : Math.min(0.8, Math.max(0.2, (b[0] - a[0]) / (c[0] - a[0])));
  return Array.from({length: steps}, (_, i) => {
    const share = i / (steps - 1);
    const [first, second, at] = share < turn ? [a, b, share / turn] : [b, c, (share - turn) / (1 - turn)];
    return fromOklab([a[0] + (c[0] - a[0]) * share, first[1] + (second[1] - first[1]) * at, first[2] + (second[2] - first[2]) * at]);
  });
}

function mixed(ramp: readonly string[], share: number): number[] {
  const at = Math.min(1, Math.max(0, share)) * (ramp.length - 1);
  const low = channelsOf(ramp[Math.floor(at)] ?? '#000000');
  const high = channelsOf(ramp[Math.ceil(at)] ?? '#000000');
  return [0, 1, 2].map((i) => Math.round((low[i] ?? 0) + ((high[i] ?? 0) - (low[i] ?? 0)) * (at - Math.floor(at))));
}

type Lab = [lightness: number, a: number, b: number];

/** sRGB to Oklab, after Björn Ottosson (https://bottosson.github.io/posts/oklab/). */
function toOklab(color: string): Lab {
  const [r = 0, g = 0, b = 0] = channelsOf(color).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

function fromOklab([lightness, a, b]: Lab): string {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s];
  return `rgb(${channels.map((value) => {
    const share = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, share)) * 255);
  }).join(' ')})`;
}

import {numberText} from './numberWords';
import type {ValueWindow} from './valueWindow';

// A hover is 250 pixels high in a window of usual size, and has a diagnostic, links and numbers above its picture.
const WIDTH = 340;
const HEIGHT = 84;
const LEFT = 52;
const RIGHT = 8;
const TOP = 16;
const BOTTOM = 18;
// Seen on dark and on light alike: an image knows nothing of the editor's theme.
const LINE = '#3b8eea';
const MARK = '#e5484d';
const TEXT = '#8a8a8a';
const bars = '▁▂▃▄▅▆▇█';

/** Log scale of the finite values above zero; a range of at least one decade. */
function scaleOf({values}: ValueWindow): {low: number; high: number} | null {
  const logs = values.filter((value) => Number.isFinite(value) && value > 0).map(Math.log10);
  if (logs.length === 0) return null;
  const low = Math.min(...logs);
  const high = Math.max(...logs);
  const missing = Math.max(0, 1 - (high - low)) / 2;
  return {low: low - missing, high: high + missing};
}

/** The values as one line of text: `▂▂▃▂█✕✕`. */
export function sparkline(window: ValueWindow): string {
  const scale = scaleOf(window);
  return window.values.map((value) => {
    if (!Number.isFinite(value)) return '✕';
    if (scale === null || value <= 0) return '▁';
    return bars[Math.min(bars.length - 1, Math.floor(((Math.log10(value) - scale.low) / (scale.high - scale.low)) * bars.length))] ?? '▁';
  }).join('');
}

/** Values over steps, named by a title, as an SVG in a data: URI, log scale, with a mark at a step; null where there is nothing finite to draw. */
export function valuePicture(title: string, window: ValueWindow, mark: number | null): string | null {
  const scale = scaleOf(window);
  const [first = NaN] = window.steps;
  const last = window.steps.at(-1) ?? NaN;
  if (scale === null || window.steps.length < 2) return null;
  const x = (step: number): number => round(LEFT + ((step - first) / Math.max(1, last - first)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): number => round(TOP + ((scale.high - Math.log10(value)) / (scale.high - scale.low)) * (HEIGHT - TOP - BOTTOM));
  const floor = HEIGHT - BOTTOM;
  const parts: string[] = [
    `<path d="M${LEFT} ${TOP}V${floor}H${WIDTH - RIGHT}" stroke="${TEXT}" stroke-opacity=".5"/>`,
    label(LEFT - 5, TOP + 8, 'end', numberText(10 ** scale.high)), label(LEFT - 5, floor, 'end', numberText(10 ** scale.low)),
    label(WIDTH - RIGHT, TOP - 6, 'end', title.replace(/[<&>]/g, (char) => `&#${char.charCodeAt(0)};`)), label(LEFT, HEIGHT - 4, 'start', String(first)), label(WIDTH - RIGHT, HEIGHT - 4, 'end', String(last)),
  ];
  if (mark !== null && mark >= first && mark <= last) {
    parts.push(`<path d="M${x(mark)} ${TOP}V${floor}" stroke="${MARK}" stroke-dasharray="3 3"/>`);
    const isNearEdge = x(mark) - LEFT < 30 || WIDTH - RIGHT - x(mark) < 30;
    if (!isNearEdge) parts.push(label(x(mark), HEIGHT - 4, 'middle', String(mark), MARK));
  }
  parts.push(`<path d="${linePath(window, x, y, floor)}" stroke="${LINE}" stroke-width="1.6" stroke-linejoin="round"/>`);
  window.steps.forEach((step, at) => {
    if (Number.isFinite(window.values[at] ?? NaN)) return;
    parts.push(`<path d="M${x(step) - 2.5} ${TOP}l5 5m0 -5l-5 5" stroke="${MARK}" stroke-width="1.4"/>`);
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" fill="none" font-family="sans-serif" font-size="10">${parts.join('')}</svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

function linePath({steps, values}: ValueWindow, x: (step: number) => number, y: (value: number) => number, floor: number): string {
  let path = '';
  let isDown = false;
  steps.forEach((step, at) => {
    const value = values[at] ?? NaN;
    if (!Number.isFinite(value)) {
      isDown = false;
      return;
    }
    path += `${isDown ? 'L' : 'M'}${x(step)} ${value > 0 ? y(value) : floor}`;
    isDown = true;
  });
  return path;
}

function label(x: number, y: number, anchor: string, text: string, fill = TEXT): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${text}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

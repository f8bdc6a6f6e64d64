import type {ChartTheme} from './chartTheme';

/** A place on a curve that the cursor points out, in CSS pixels. */
export interface CursorDot {
  y: number;
  color: string;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Cursor and brush over a chart: drawn apart from it, so that they move without drawing it again. */
export class CursorLayer {
  private readonly svg = document.createElementNS(SVG, 'svg');
  private readonly brush = this.add('rect');
  private readonly line = this.add('rect');
  private readonly dots: SVGElement[] = [];

  constructor(place: HTMLElement) {
    this.svg.setAttribute('aria-hidden', 'true');
    this.svg.setAttribute('class', 'cursor-layer');
    Object.assign(this.svg.style, {position: 'absolute', left: '0', top: '0', width: '100%', height: '100%', overflow: 'hidden', pointerEvents: 'none'});
    place.append(this.svg);
  }

  remove(): void {
    this.svg.remove();
  }

  /** @param x of the cursor; null hides it @param top of the plot */
  showCursor(x: number | null, {top, bottom}: {top: number; bottom: number}, dots: readonly CursorDot[], theme: ChartTheme): void {
    if (x === null) hide(this.line);
    else set(this.line, {x: Math.floor(x), y: top, width: 1, height: Math.max(0, bottom - top), fill: theme.ink, 'fill-opacity': theme.highContrast ? 1 : 0.55});
    dots.forEach(({y, color}, i) => {
      set(this.dots[i] ??= this.add('circle'), {cx: x ?? 0, cy: y, r: 3.5, fill: color, stroke: theme.paper, 'stroke-width': 1.5});
    });
    for (const unused of this.dots.slice(dots.length)) hide(unused);
  }

  showBrush(span: {from: number; to: number} | null, {top, bottom}: {top: number; bottom: number}, theme: ChartTheme): void {
    if (span === null) hide(this.brush);
    else set(this.brush, {x: span.from, y: top + 0.5, width: span.to - span.from, height: Math.max(0, bottom - top - 1), fill: theme.ink, 'fill-opacity': theme.highContrast ? 0.25 : 0.1, stroke: theme.ink, 'stroke-width': 1});
  }

  private add(name: 'rect' | 'circle'): SVGElement {
    const shape = document.createElementNS(SVG, name);
    hide(shape);
    this.svg.append(shape);
    return shape;
  }
}

function set(shape: SVGElement, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries({...attributes, visibility: 'visible'})) {
    if (shape.getAttribute(name) !== String(value)) shape.setAttribute(name, String(value));
  }
}

function hide(shape: SVGElement): void {
  shape.setAttribute('visibility', 'hidden');
}

import {ChartTooltip} from './chartTooltip';
import type {ChartTheme} from './chartTheme';
import {CursorLayer, type CursorDot} from './cursorLayer';
import type {ChartCanvas, ChartMark, ChartSettings, DrawnSeries, LinkedChart, StepRange} from './linkedChart';
import {StepPointer} from './stepPointer';

export interface PlotArea {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * What charts over steps share: a canvas in a place that sets its size, cursor and brush over it, the pointer, the window of steps.
 */
export abstract class StepChart<Data extends {range: StepRange}> implements LinkedChart<Data> {
  readonly canvas: ChartCanvas;
  protected theme: ChartTheme;
  protected data: Data | null = null;
  protected marks: readonly ChartMark[] = [];
  protected width = 0;
  protected height = 0;
  private readonly layer: CursorLayer;
  private readonly tooltip: ChartTooltip | null;
  private readonly pointer: StepPointer;
  private readonly observer: ResizeObserver;
  private window: StepRange | null = null;
  private cursor: number | null = null;

  constructor(protected readonly place: HTMLElement, protected readonly settings: ChartSettings) {
    this.theme = settings.theme;
    this.canvas = Object.assign(document.createElement('canvas'), {drawn: () => this.drawn()});
    place.style.position = 'relative';
    place.append(this.canvas);
    this.layer = new CursorLayer(place);
    this.tooltip = settings.tooltip ? new ChartTooltip(place) : null;
    this.pointer = new StepPointer(this.canvas, {
      plot: () => (this.data && this.width > 0 ? this.plot() : null),
      stepAt: (x) => this.stepAt(x),
      recordedAt: (x) => this.recordedStep(this.stepAt(x)),
      rowAt: (y) => this.rowAt(y),
      range: () => this.data?.range ?? {from: 0, to: 1},
      shown: () => this.shown(),
      pointed: (at) => { this.explain(at); },
      brushed: (span) => { this.layer.showBrush(span, this.plot(), this.theme); },
    }, settings.events ?? {});
    this.observer = new ResizeObserver(() => { if (this.measure()) this.draw(); });
    this.observer.observe(place);
  }

  update(data: Data): void {
    this.data = data;
    this.draw();
  }

  setCursor(step: number | null): void {
    if (step === this.cursor) return;
    this.cursor = step;
    this.showCursor();
  }

  setMarks(marks: readonly ChartMark[]): void {
    this.marks = marks;
    this.draw();
  }

  setWindow(window: StepRange | null): void {
    if (window?.from === this.window?.from && window?.to === this.window?.to) return;
    this.window = window;
    this.draw();
  }

  setTheme(theme: ChartTheme): void {
    this.theme = theme;
    this.draw();
  }

  destroy(): void {
    this.observer.disconnect();
    this.pointer.remove();
    this.tooltip?.remove();
    this.canvas.remove();
    this.layer.remove();
  }

  /** Area of the steps, in CSS pixels; asked for only once something is drawn. */
  abstract plot(): PlotArea;
  protected abstract paint(data: Data): void;
  protected abstract drawn(): DrawnSeries[];
  /** Recorded step nearest to a step; null where there is none. */
  protected abstract recordedStep(step: number): number | null;
  /** Words about a place; null where there is nothing to say. */
  protected abstract wordsAt(x: number, y: number): {title: string; lines: string[]} | null;
  /** Height in CSS pixels that the content wants; null: that of the place. */
  protected abstract wantedHeight(data: Data): number | null;

  /** Step under a place. */
  protected stepAt(x: number): number {
    const {left, right} = this.plot();
    const {from, to} = this.shown();
    return Math.round(Math.min(to, Math.max(from, from + ((x - left) / (right - left)) * (to - from))));
  }

  protected xOf(step: number): number {
    const {left, right} = this.plot();
    const {from, to} = this.shown();
    return left + ((step - from) / (to - from || 1)) * (right - left);
  }

  /** Where the cursor of a step stands. */
  protected cursorX(step: number): number {
    return this.xOf(step);
  }

  protected rowAt(_y: number): number | null {
    return null;
  }

  /** Places on curves that the cursor points out. */
  protected dotsAt(_step: number): CursorDot[] {
    return [];
  }

  /** Steps that are shown. */
  protected shown(): StepRange {
    return this.window ?? this.data?.range ?? {from: 0, to: 1};
  }

  protected draw(): void {
    if (!this.data) return;
    if (this.width === 0) this.measure();
    if (this.width === 0) return;
    this.height = this.wantedHeight(this.data) ?? this.height;
    this.paint(this.data);
    this.showCursor();
  }

  private showCursor(): void {
    if (!this.data || this.width === 0) return;
    const plot = this.plot();
    const x = this.cursor === null ? NaN : this.cursorX(this.cursor);
    const inside = x >= plot.left - 0.5 && x <= plot.right + 0.5;
    this.layer.showCursor(inside ? x : null, plot, inside && this.cursor !== null ? this.dotsAt(this.cursor) : [], this.theme);
  }

  private explain(at: {x: number; y: number} | null): void {
    const words = at && this.tooltip ? this.wordsAt(at.x, at.y) : null;
    if (at && words) this.tooltip?.show(at.x, at.y, words.title, words.lines);
    else this.tooltip?.hide();
  }

  /** @returns whether the size is another than before */
  private measure(): boolean {
    const before = [this.width, this.height];
    this.width = this.place.clientWidth;
    this.height = (this.data ? this.wantedHeight(this.data) : null) ?? this.place.clientHeight;
    return this.width !== before[0] || this.height !== before[1];
  }
}

/** A canvas of this size, as sharp as the screen; it is emptied only where its size changes. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const scale = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const ctx = canvas.getContext('2d');
  if (!ctx) throw new Error('no 2d canvas');
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  return ctx;
}

import type {ChartEvents, StepRange} from './linkedChart';

/** Where steps and rows lie on a canvas, in CSS pixels from its corner. */
export interface StepGeometry {
  /** null: nothing is drawn yet. */
  plot(): {left: number; right: number; top: number; bottom: number} | null;
  /** Step under a place, recorded or not. */
  stepAt(x: number): number;
  /** Recorded step nearest to a place; null where nothing was recorded. */
  recordedAt(x: number): number | null;
  /** Row under a place; null on none, or where a chart has no rows. */
  rowAt(y: number): number | null;
  /** All steps, and those that are shown. */
  range(): StepRange;
  shown(): StepRange;
  /** The pointer moved to a place or left. */
  pointed(at: {x: number; y: number} | null): void;
  /** Shows what is dragged over; null hides it. */
  brushed(span: {from: number; to: number} | null): void;
}

/** Nearer to its start than this a drag is a click. */
const SLACK = 4;
/** Share of the steps that one notch of a wheel (about 100 pixels) hides. */
const NOTCH = 0.002;

/** Turns what the pointer does over a canvas into steps: a cursor, a brush, a zoom by wheel, a choice. */
export class StepPointer {
  private start: number | null = null;
  private step: number | null = null;
  private row: number | null = null;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly geometry: StepGeometry, private readonly events: ChartEvents) {
    canvas.addEventListener('pointermove', this.move);
    canvas.addEventListener('pointerleave', this.leave);
    canvas.addEventListener('pointerdown', this.press);
    canvas.addEventListener('pointerup', this.release);
    canvas.addEventListener('pointercancel', this.cancel);
    if (!events.onZoom) return;
    canvas.style.touchAction = 'pan-y';
    canvas.addEventListener('dblclick', this.reset);
    canvas.addEventListener('wheel', this.turn, {passive: false});
  }

  remove(): void {
    this.cancel();
    const {canvas} = this;
    canvas.removeEventListener('pointermove', this.move);
    canvas.removeEventListener('pointerleave', this.leave);
    canvas.removeEventListener('pointerdown', this.press);
    canvas.removeEventListener('pointerup', this.release);
    canvas.removeEventListener('pointercancel', this.cancel);
    canvas.removeEventListener('dblclick', this.reset);
    canvas.removeEventListener('wheel', this.turn);
  }

  private readonly move = (event: PointerEvent): void => {
    const {x, y} = this.placeOf(event);
    const plot = this.geometry.plot();
    if (!plot) return;
    if (this.start !== null) {
      const to = Math.min(plot.right, Math.max(plot.left, x));
      this.geometry.brushed(Math.abs(to - this.start) >= SLACK ? {from: Math.min(this.start, to), to: Math.max(this.start, to)} : null);
    }
    const row = this.geometry.rowAt(y);
    this.tell(x >= plot.left && x <= plot.right ? this.geometry.recordedAt(x) : null, row);
    this.geometry.pointed({x, y});
  };

  private readonly leave = (): void => {
    this.tell(null, null);
    this.geometry.pointed(null);
  };

  private readonly press = (event: PointerEvent): void => {
    const plot = this.geometry.plot();
    const {x} = this.placeOf(event);
    if (event.button !== 0 || !plot || !this.events.onZoom || x < plot.left || x > plot.right) return;
    this.start = x;
    this.canvas.setPointerCapture(event.pointerId);
    window.addEventListener('keydown', this.escape, true);
  };

  private readonly release = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const {x, y} = this.placeOf(event);
    const from = this.start;
    this.cancel();
    const plot = this.geometry.plot();
    if (!plot) return;
    if (from !== null && Math.abs(x - from) >= SLACK) {
      const to = Math.min(plot.right, Math.max(plot.left, x));
      const span = {from: this.geometry.stepAt(Math.min(from, to)), to: this.geometry.stepAt(Math.max(from, to))};
      if (span.to > span.from) this.events.onZoom?.(span);
      return;
    }
    const step = x >= plot.left && x <= plot.right ? this.geometry.recordedAt(x) : null;
    const row = this.geometry.rowAt(y);
    if (step !== null || row !== null) this.events.onChoose?.(row, step);
  };

  private readonly cancel = (): void => {
    if (this.start === null) return;
    this.start = null;
    window.removeEventListener('keydown', this.escape, true);
    this.geometry.brushed(null);
  };

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.cancel();
  };

  private readonly reset = (): void => { this.events.onZoom?.(null); };

  private readonly turn = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const plot = this.geometry.plot();
    if (!plot) return;
    const [all, shown] = [this.geometry.range(), this.geometry.shown()];
    const share = Math.min(1, Math.max(0, (this.placeOf(event).x - plot.left) / (plot.right - plot.left)));
    const center = shown.from + (shown.to - shown.from) * share;
    const factor = Math.exp(event.deltaY * (event.deltaMode === 0 ? NOTCH : NOTCH * 33));
    const from = Math.max(all.from, Math.round(center - (center - shown.from) * factor));
    const to = Math.min(all.to, Math.round(center + (shown.to - center) * factor));
    if (from <= all.from && to >= all.to) this.events.onZoom?.(null);
    else if (to > from) this.events.onZoom?.({from, to});
  };

  private tell(step: number | null, row: number | null): void {
    if (row !== this.row) {
      this.row = row;
      this.events.onHoverRow?.(row);
    }
    if (step === this.step) return;
    this.step = step;
    this.events.onCursor?.(step);
  }

  private placeOf(event: MouseEvent): {x: number; y: number} {
    const box = this.canvas.getBoundingClientRect();
    return {x: event.clientX - box.left, y: event.clientY - box.top};
  }
}

import type {ChartTheme} from './chartTheme';

/** Steps from … to, both included. */
export interface StepRange {
  from: number;
  to: number;
}

/** What the user does in a chart. */
export interface ChartEvents {
  /** The pointer is at this recorded step; null: it left the chart. */
  onCursor?(step: number | null): void;
  /** Steps were dragged over or zoomed into; null: back to all of them. */
  onZoom?(range: StepRange | null): void;
  /** A row was clicked (`step` is null beside the plot), or a plain chart at a step (`row` is null). */
  onChoose?(row: number | null, step: number | null): void;
  /** The pointer is on a row; null: on none. */
  onHoverRow?(row: number | null): void;
}

export interface ChartSettings {
  theme: ChartTheme;
  /** BCP 47 tag for the numbers. */
  locale: string;
  /** Whether values are shown beside the pointer; a page with a readout of its own needs none. */
  tooltip: boolean;
  /**
   * Room left of a line chart's plot in CSS pixels, where charts that stand over each other share one axis of steps: they
   * then end at the same edge too, and leave it to the page to name the axis.
   */
  gutter?: number;
  events?: ChartEvents;
}

/** Something that happened at a step. Shape and colour both tell its kind. */
export interface ChartMark {
  step: number;
  kind: 'error' | 'warning' | 'switch' | 'pin';
  text: string;
  /** Row of a heat strip; null: the whole run, or a chart without rows. */
  row: number | null;
}

/** One curve, or one row of cells, or one histogram, as it lies on the canvas. */
export interface DrawnSeries {
  label: string;
  kind: 'line' | 'low' | 'high' | 'cells' | 'bars' | 'mark';
  /** Steps; of bars the lower edges of their bins. */
  x: number[];
  y: number[];
  /** In CSS pixels from the canvas's corner. */
  pixels: {x: number; y: number}[];
}

/** A canvas that says what is drawn on it, so that the picture can be held against the data. */
export interface ChartCanvas extends HTMLCanvasElement {
  drawn(): DrawnSeries[];
}

/** Charts that the page keeps at one cursor and one window of steps. None of the setters calls an event back. */
export interface LinkedChart<Data> {
  readonly canvas: ChartCanvas;
  /** Draws other data; arrays are read at once and need not stay. */
  update(data: Data): void;
  /** Shows the cursor at a step without drawing the chart again; null hides it. */
  setCursor(step: number | null): void;
  setMarks(marks: readonly ChartMark[]): void;
  /** Steps that are shown; null: those of the data's `range`. */
  setWindow(window: StepRange | null): void;
  setTheme(theme: ChartTheme): void;
  destroy(): void;
}

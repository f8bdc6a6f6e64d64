import type {StepRange} from './linkedChart';

/** One curve over steps. All arrays have the length of `x`. */
export interface LineSeries {
  label: string;
  /** Steps, ascending. */
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Extremes of each bucket, drawn as a band; null where values are exact. */
  band: {low: ArrayLike<number>; high: ArrayLike<number>} | null;
  /** `bucketFlag` bits: what was not finite. null: a NaN or an infinity in `y` itself is marked; given, a NaN without flags is a gap. */
  flags: ArrayLike<number> | null;
  color: string;
  /** In CSS pixels. */
  width: number;
  dash: number[];
  alpha: number;
  /** Name at the end of the line; null for none. */
  endLabel: string | null;
  /** Row of its non-finite marks above the plot; null: another series of the same steps has them. */
  markRow: number | null;
}

/** `LineChart`: several curves over steps. */
export interface LineChartData {
  series: readonly LineSeries[];
  yLabel: string;
  logarithmic: boolean;
  /** Steps of the whole run, so that all charts of a page agree. */
  range: StepRange;
  /** Value with a line across: 0 of a difference, 1 of a ratio or a norm after SING; null for none. */
  baseline: number | null;
}

/** Mean, standard deviation and extremes of one parameter's gradient in one run. */
export interface BandSeries {
  /** Run; '' where there is only one. */
  label: string;
  x: ArrayLike<number>;
  mean: ArrayLike<number>;
  std: ArrayLike<number>;
  min: ArrayLike<number>;
  max: ArrayLike<number>;
  flags: ArrayLike<number> | null;
  color: string;
  dash: number[];
}

/** `BandChart`: the mean as a line, ± std as a band, the extremes as a paler one. The value axis is linear. */
export interface BandChartData {
  series: readonly BandSeries[];
  range: StepRange;
}

/** `DifferenceChart`: `second` minus `first` at their common steps, or on a logarithmic axis `second` ÷ `first`. */
export interface DifferenceChartData {
  first: {x: ArrayLike<number>; y: ArrayLike<number>};
  second: {x: ArrayLike<number>; y: ArrayLike<number>};
  label: string;
  yLabel: string;
  logarithmic: boolean;
  color: string;
  range: StepRange;
}

/** Colours of cells: on the theme's ramp by decimal logarithm, or between two colours by the logarithm of a ratio (paper at 1). */
export type HeatScale =
  | {kind: 'log'; low: number; high: number}
  | {kind: 'ratio'; most: number; below: string; above: string};

/** `HeatStrip`: rows over buckets of steps, one colour a cell. */
export interface HeatStripData {
  /** Neighbours with one `group` (the layer) share a label; `group` null stands alone. */
  rows: readonly {label: string; group: string | null}[];
  first: number;
  width: number;
  /** Last recorded step: the last bucket may reach beyond it. */
  last: number;
  /** Bucket after bucket, a value a row; NaN: nothing was recorded. */
  values: ArrayLike<number>;
  /** Of the same order; not zero where something was no finite number. */
  flags: ArrayLike<number>;
  scale: HeatScale;
  /** Names of the rows at the left. */
  labels: boolean;
  range: StepRange;
}

/** Sampled histograms of one parameter: `offsets[i] … offsets[i + 1]` of bins and counts belong to `steps[i]`. Bins as in `src/protocol/histogram.ts`. */
export interface SampledHistograms {
  steps: ArrayLike<number>;
  offsets: ArrayLike<number>;
  bins: ArrayLike<number>;
  counts: ArrayLike<number>;
}

/** Histograms on common rows: a column a sample, a row a range of values. */
export interface HistogramRows {
  steps: ArrayLike<number>;
  /** Edges of the rows from the most negative value, one more than rows: octaves, or equal widths on a linear axis. */
  edges: ArrayLike<number>;
  /** Share of the elements in each row, column after column. */
  shares: ArrayLike<number>;
}

/** `HistogramHeat`: histograms over time, all rows equally high. `histogramRows()` makes the rows of sampled histograms. */
export interface HistogramHeatData extends HistogramRows {
  range: StepRange;
}

/** One histogram as bars. */
export interface BarSeries {
  label: string;
  bins: ArrayLike<number>;
  counts: ArrayLike<number>;
  color: string;
}

/** `HistogramBars`: one step, or two to compare. Zero, NaN and the infinities stand apart from the values. */
export interface HistogramBarsData {
  series: readonly BarSeries[];
  /** Whether two stand one over the other, or each in its own half. */
  layout: 'overlaid' | 'sideBySide';
  /** Value axis. */
  linear: boolean;
  logarithmicCounts: boolean;
}

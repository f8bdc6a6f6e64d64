import type {Rule} from '../../protocol/finding';

/** Numbers as base64 of their little-endian float32 bytes. */
export type PackedFloats = string;
/** Numbers as base64 of bytes. */
export type PackedBytes = string;

/** What the page's script draws from; all words of the page are in its HTML already. */
export interface ReportData {
  arms: ReportArm[];
  runs: ReportRun[];
  /** All parameters of the runs, in network order. */
  parameters: ReportParameter[];
  /** Indices into `parameters` of those whose histograms are shown. */
  shown: number[];
  grid: StepGrid;
  /** Index into `seeds` of the one that is shown first. */
  firstSeed: number;
  seeds: string[];
}

export interface ReportArm {
  /** Name that the page's colours go by: off, on, full, clip, or run for a run on its own. */
  name: string;
  label: string;
  /** Mean over the seeds of the loss and of the gradient norm; null with one run, or where runs can't be averaged. */
  meanLoss: Curve | null;
  meanNorm: Curve | null;
}

export interface ReportParameter {
  name: string;
  /** Class of the layer and shape, such as `Dense 64 × 10`. */
  about: string;
}

/** Steps in equal buckets: bucket i covers steps `first + i * width` and the `width - 1` after it. */
export interface StepGrid {
  first: number;
  width: number;
  buckets: number;
  /** Last step; the last bucket may reach beyond it. */
  last: number;
}

export interface Curve {
  step: PackedFloats;
  value: PackedFloats;
}

export interface ReportRun {
  id: string;
  arm: number;
  seed: number;
  /** One curve for each optimizer. */
  losses: Curve[];
  norm: Curve;
  /** By index into the page's parameters; null where the run has none such. */
  tracks: (ParameterTrack | null)[];
  histograms: {parameter: number; grid: HistogramGrid}[];
  marks: FindingMark[];
}

/** One parameter in one run, a value a bucket: extremes are those of the bucket's steps. NaN: nothing was recorded. */
export interface ParameterTrack {
  mean: PackedFloats;
  std: PackedFloats;
  min: PackedFloats;
  max: PackedFloats;
  norm: PackedFloats;
  normLow: PackedFloats;
  normAfter: PackedFloats;
  /** Bits of what the gradients of the bucket held. */
  flags: PackedBytes;
}

export const trackFlag = {nan: 1, infinite: 2} as const;

/** Histograms of one parameter over time: a column a sampled moment, a row a range of values. */
export interface HistogramGrid {
  /** Step of each column. */
  steps: number[];
  /** Lower edges of the rows, from the most negative value; the last row ends at `top`. */
  edges: number[];
  top: number;
  /** Share of the values, as a byte: 0 … 255 for 0 … the largest share; column after column. */
  shares: PackedBytes;
  largestShare: number;
}

export interface FindingMark {
  parameter: number | null;
  step: number;
  rule: Rule;
  severity: 'warning' | 'error';
}

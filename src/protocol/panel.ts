import * as v from 'valibot';
import type {Backend, Parameter} from './events';
import type {Finding} from './finding';
import {jsonNumberSchema} from './jsonNumber';
import type {JsonNumber} from './numbers';
import type {ArmName, RunStatus} from './runSummary';
import {singSettingsSchema, type SingSettings} from './sing';

/**
 * Messages between the panel's page (webview) and its controller in the extension host. The host
 * holds the data; the page gets one snapshot when it is shown and deltas while it is visible.
 * Numbers in plain objects are JSON numbers (VS Code turns NaN into null); columns are typed arrays.
 */

/** What a panel shows. `store` is the run store's absolute path. */
export const panelSubjectSchema = v.variant('kind', [
  v.object({kind: v.literal('run'), store: v.string(), run: v.string()}),
  v.object({kind: v.literal('trial'), store: v.string(), trial: v.string()}),
  v.object({kind: v.literal('pair'), store: v.string(), runs: v.tuple([v.string(), v.string()])}),
]);
export type PanelSubject = v.InferOutput<typeof panelSubjectSchema>;

/** A finding with numbers that survive the way to the page. */
export type PanelFinding = Omit<Finding, 'value' | 'baseline'> & {value: JsonNumber; baseline: JsonNumber | null};

/** A parameter as the panel lists it, in network order. `index` is the row in heat columns. */
export type PanelParameter = Omit<Parameter, 'initial'>;

export interface PanelRun {
  id: string;
  /** Short name among the shown runs: `SING on, seed 2`, or the script's name. */
  label: string;
  arm: ArmName | null;
  seed: number | null;
  script: string | null;
  /** Milliseconds since 1970. */
  created: number;
  status: RunStatus;
  /** Why it ended, in one line, where it failed; null otherwise. */
  error: string | null;
  steps: number;
  /** Steps in all; null while nobody knows. */
  totalSteps: number | null;
  stepsPerSecond: number | null;
  secondsLeft: number | null;
  loss: JsonNumber | null;
  /** Whether the training went astray, by the rule of the run's summary. */
  diverged: boolean;
  overheadPct: number | null;
  backend: Backend | null;
  sing: SingSettings;
  /** Changes of SING: `step` is the last step before the change took effect. */
  switches: {step: number; sing: SingSettings}[];
  parameters: PanelParameter[];
  findings: PanelFinding[];
  notices: {code: string; message: string}[];
  /** Last value of what the script reported, by name. */
  metrics: {name: string; value: JsonNumber}[];
}

/** Where a trial stands. */
export interface PanelTrial {
  id: string;
  state: 'running' | 'finished' | 'interrupted';
  done: number;
  jobs: number;
  verdict: {winner: ArmName | 'none'; pValue: number | null; effect: number | null; pairs: number; text: string} | null;
  hasReport: boolean;
}

/** Steps in equal buckets: bucket i covers steps `first + i * width` and the `width - 1` after it. */
export interface BucketGrid {
  first: number;
  width: number;
}

/** What the gradients or losses of a bucket held. */
export const bucketFlag = {nan: 1, infinite: 2} as const;

export const trackColumns = ['mean', 'std', 'min', 'max', 'norm', 'normLow', 'normAfter', 'zeros', 'nan', 'negInf', 'posInf'] as const;
export type TrackColumn = (typeof trackColumns)[number];

/**
 * A delta replaces all buckets from `from` on; `from` 0 is a snapshot that also carries a new grid.
 * With a grid of width 1 every value is the recorded one; wider, `mean` and `std` are means over
 * the bucket, min, max, norm and low or high columns its extremes, counts its largest.
 * NaN: nothing was recorded, but for the flags.
 */
interface Delta {
  /** Of the view that it answers; older ones are dropped. */
  generation: number;
  run: string;
  grid: BucketGrid;
  from: number;
}

/** Losses (one curve for each optimizer and thread that had any) and the norm over all gradients. */
export interface CurveMessage extends Delta {
  type: 'curve';
  name: 'loss' | 'norm';
  /** Number of the curve among those of its name, from 0. */
  curve: number;
  value: Float64Array;
  low: Float64Array;
  high: Float64Array;
  flags: Uint8Array;
}

/** Largest gradient norm of each bucket and parameter: index `(bucket − from) · parameters + parameter.index`. */
export interface HeatMessage extends Delta {
  type: 'heat';
  parameters: number;
  norm: Float32Array;
  flags: Uint8Array;
}

/** The moments of one parameter. */
export interface TrackMessage extends Delta {
  type: 'track';
  parameter: string;
  columns: Record<TrackColumn, Float64Array>;
}

export const updateTrackColumns = ['updateRatio', 'secondMomentRms', 'cosine', 'deadUnits'] as const;
export type UpdateTrackColumn = (typeof updateTrackColumns)[number];

/**
 * What was measured of one parameter's updates on sampled steps, NaN in buckets without one. Of several in a bucket
 * the mean of the cosine and the largest of the others.
 */
export interface UpdatesMessage extends Delta {
  type: 'updates';
  parameter: string;
  columns: Record<UpdateTrackColumn, Float64Array>;
}

/** Sampled histograms of one parameter: `offsets[i] … offsets[i + 1]` of bins and counts belong to `steps[i]`. */
export interface HistogramsMessage {
  type: 'histograms';
  generation: number;
  run: string;
  parameter: string;
  /** Number of the first; 0 replaces all, otherwise they are appended. */
  from: number;
  steps: Float64Array;
  offsets: Uint32Array;
  bins: Uint16Array;
  counts: Uint32Array;
}

/** Numbers over time of one run. */
export type NumbersMessage = CurveMessage | HeatMessage | TrackMessage | UpdatesMessage | HistogramsMessage;

export type HostMessage =
  /** First message: the words (English text to translation; null for English) and the language for numbers. */
  | {type: 'start'; locale: string; strings: Record<string, string> | null}
  /** All that is not numbers over time; sent again when it changes. */
  | {type: 'subject'; subject: PanelSubject; title: string; runs: PanelRun[]; trial: PanelTrial | null}
  | NumbersMessage
  /** End of one frame: everything that belongs together has been sent; answered by `drawn`. */
  | {type: 'frame'; generation: number; number: number}
  /** The code's side of the link: these parameters' line was chosen or is under the cursor. `step`: where the cursor of the charts goes. */
  | {type: 'highlight'; parameters: string[]; select: boolean; step?: number}
  /** Answer to a request that could not be done, or what became of the subject; in the user's language. */
  | {type: 'problem'; message: string};

/** What the user is looking at; all that the page keeps over a reload. */
export const panelViewSchema = v.object({
  /** Runs that are drawn layer by layer: one, or two to compare. */
  shown: v.pipe(v.array(v.string()), v.maxLength(2)),
  /** Name of the selected parameter. */
  parameter: v.nullable(v.string()),
  /** Steps that are zoomed in on; null: all. */
  window: v.nullable(v.object({from: v.number(), to: v.number()})),
  /** Most buckets that a curve or track may have, and a row of the heat strip. */
  buckets: v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(8192)),
  heatBuckets: v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(4096)),
});
export type PanelView = v.InferOutput<typeof panelViewSchema>;

export const panelActions = ['run', 'runWithSing', 'compare', 'rerun', 'stop', 'openReport', 'openLog', 'chooseRun', 'copyFinding'] as const;
export type PanelAction = (typeof panelActions)[number];

/** Messages of the page, checked by the host: anything else is refused with one line. */
export const pageMessageSchema = v.variant('type', [
  /** The page listens. */
  v.object({type: v.literal('ready')}),
  /** What is to be sent from now on; `generation` counts up. */
  v.object({type: v.literal('view'), generation: v.number(), view: panelViewSchema}),
  /** The frame is on the screen: the next may come. `step` is the last step drawn. */
  v.object({type: v.literal('drawn'), number: v.number(), step: v.number(), drawMs: jsonNumberSchema}),
  /** The pointer or focus is on this parameter (null: on none): its line is highlighted. */
  v.object({type: v.literal('hover'), parameter: v.nullable(v.string())}),
  /** Opens the line that made this parameter. */
  v.object({type: v.literal('reveal'), parameter: v.string()}),
  v.object({type: v.literal('sing'), run: v.string(), sing: v.partial(singSettingsSchema)}),
  v.object({type: v.literal('action'), action: v.picklist(panelActions), run: v.nullable(v.string()), finding: v.nullable(v.string())}),
]);
export type PageMessage = v.InferOutput<typeof pageMessageSchema>;

import * as v from 'valibot';
import {callSiteSchema} from './callSite';
import {findingSchema} from './finding';
import {jsonNumberSchema} from './jsonNumber';
import {singSettingsSchema} from './sing';
import {parameterKinds} from '../sing/kind';

export type {ParameterKind} from '../sing/kind';


export const backendSchema = v.object({
  /** Name of the tfjs backend: tensorflow, cpu, … */
  name: v.string(),
  /** npm package that brought it; null when bundled into the script. */
  package: v.nullable(v.string()),
  packageVersion: v.nullable(v.string()),
  /** Version of libtensorflow; null on pure JavaScript. */
  tensorflow: v.nullable(v.string()),
  device: v.string(),
  /** Threads that TensorFlow may use within an operation; 1 on pure JavaScript. */
  threads: v.number(),
  /** What applies SING and the sums: our ops, device ops, tfjs ops, JavaScript, or nothing of ours. */
  kernels: v.picklist(['fused', 'device', 'tfjs', 'js', 'stock']),
});
export type Backend = v.InferOutput<typeof backendSchema>;

/** Moments of a variable's values before its first update. */
const initialValuesSchema = v.object({mean: v.number(), std: v.number(), min: v.number(), max: v.number()});
export type InitialValues = v.InferOutput<typeof initialValuesSchema>;

export const parameterSchema = v.object({
  index: v.number(),
  name: v.string(),
  layer: v.string(),
  /** Class of the layer, e.g. Dense; null for a bare variable. */
  layerClass: v.nullable(v.string()),
  shape: v.array(v.number()),
  kind: v.picklist(parameterKinds),
  site: v.nullable(callSiteSchema),
  /** Absent where they were too many to read, or not finite. */
  initial: v.optional(initialValuesSchema),
});
export type Parameter = v.InferOutput<typeof parameterSchema>;

/** How the user's code calls a training. */
export const trainingCalls = ['fit', 'fitDataset', 'trainOnBatch', 'minimize', 'applyGradients'] as const;
export type TrainingCall = (typeof trainingCalls)[number];

/**
 * Lines of `events.jsonl`, written by the recorder only, in order.
 * `step` is the last finished step when the event happened (0 before the first).
 */
export const runEventSchema = v.variant('type', [
  v.object({type: v.literal('start'), pid: v.number(), processStart: v.nullable(v.string()), node: v.string(), time: v.number(), control: v.nullable(v.string())}),
  v.object({type: v.literal('backend'), backend: backendSchema}),
  v.object({type: v.literal('parameter'), parameter: parameterSchema}),
  /** Text of a file that a call site names, and of the script, as it was in this run; `path` within the run folder. */
  v.object({type: v.literal('source'), file: v.string(), sha256: v.string(), path: v.string()}),
  /** Where the user's code calls a training; each place once. */
  v.object({type: v.literal('training'), call: v.picklist(trainingCalls), site: v.nullable(callSiteSchema), step: v.number()}),
  v.object({type: v.literal('sing'), step: v.number(), settings: singSettingsSchema}),
  /** Steps that fit will take in all, as soon as it is known. */
  v.object({type: v.literal('plan'), step: v.number(), totalSteps: v.number()}),
  v.object({
    type: v.literal('metric'),
    step: v.number(),
    /** batch: each batch of fit; epoch: its end; evaluate; log: globalThis.singscope.log. */
    source: v.picklist(['batch', 'epoch', 'evaluate', 'log']),
    epoch: v.nullable(v.number()),
    batch: v.nullable(v.number()),
    values: v.record(v.string(), jsonNumberSchema),
  }),
  v.object({type: v.literal('finding'), finding: findingSchema}),
  /** Tensors made within `steps` steps of a thread that nobody has given back: where and by which call, most first. Written where their number grows. */
  v.object({
    type: v.literal('tensor-trace'),
    step: v.number(),
    thread: v.number(),
    steps: v.number(),
    places: v.array(v.object({site: callSiteSchema, by: v.nullable(v.string()), tensors: v.number()})),
  }),
  /** A table was written anew: of the steps up to `through` rows may be missing in it. Written before the thinned table is there. */
  v.object({type: v.literal('thinned'), table: v.picklist(['steps', 'parameters']), through: v.number()}),
  /** A stop was asked for: by --max-steps, by --fail-on, or by a control request. */
  v.object({type: v.literal('stop'), step: v.number(), by: v.picklist(['max-steps', 'fail-on', 'request'])}),
  v.object({type: v.literal('notice'), code: v.string(), message: v.string()}),
  v.object({
    type: v.literal('end'),
    step: v.number(),
    time: v.number(),
    exitCode: v.nullable(v.number()),
    /** A stop was asked for, by --max-steps, --fail-on, `stop` or Ctrl-C. */
    stopped: v.boolean(),
    /** First line of the error that ended the script. */
    error: v.nullable(v.string()),
    /** Time spent in our hooks, in percent of the time between steps. */
    overheadPct: v.nullable(jsonNumberSchema),
    dropped: v.object({frames: v.number(), spikes: v.number()}),
    skippedSteps: v.number(),
  }),
]);
export type RunEvent = v.InferOutput<typeof runEventSchema>;
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, {type: T}>;

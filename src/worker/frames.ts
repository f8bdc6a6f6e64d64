import {MOMENT_COLUMNS} from '../protocol/moments';
import {HISTOGRAM_BINS} from '../protocol/histogram';

/** What the tap knows of one optimizer step when it has been applied. */
export interface StepRecord {
  step: number;
  /** Number of the step among those that its thread has begun: what was sent of it before has the same. */
  attempt: number;
  /** Milliseconds since 1970. */
  time: number;
  loss: number;
  hasLoss: boolean;
  stepMs: number;
  learningRate: number;
  tensors: number;
  bytes: number;
  /** Bytes of JavaScript objects in the training thread. */
  heap: number;
  optimizer: number;
  thread: number;
  /** Indices of the parameters that had a gradient. */
  parameters: readonly number[];
  /** Norm of each gradient as the optimizer got it, in the order of `parameters`; null: all unchanged. */
  normsAfter: Float64Array | null;
  /** Moments before SING, a row a parameter; null: the recorder computes them from value frames. */
  moments: Float64Array | null;
  /** The recorder is to make histograms of the value frames of this step. */
  wantsHistograms: boolean;
}

/** Stands in `normsAfter` for a gradient that the optimizer got as it was. */
export const UNCHANGED = -1;

const HEAD = 15;

export function stepFrameBytes(record: StepRecord): number {
  const rows = record.parameters.length;
  return 8 * (HEAD + rows * (2 + (record.moments === null ? 0 : MOMENT_COLUMNS)));
}

export function encodeStep(record: StepRecord, floats: Float64Array, at: number): void {
  const rows = record.parameters.length;
  floats[at] = record.step;
  floats[at + 1] = record.time;
  floats[at + 2] = record.loss;
  floats[at + 3] = record.hasLoss ? 1 : 0;
  floats[at + 4] = record.stepMs;
  floats[at + 5] = record.learningRate;
  floats[at + 6] = record.tensors;
  floats[at + 7] = record.bytes;
  floats[at + 8] = record.optimizer;
  floats[at + 9] = record.thread;
  floats[at + 10] = rows;
  floats[at + 11] = record.moments === null ? 0 : 1;
  floats[at + 12] = (record.normsAfter === null ? 0 : 1) + (record.wantsHistograms ? 2 : 0);
  floats[at + 13] = record.heap;
  floats[at + 14] = record.attempt;
  let to = at + HEAD;
  for (let row = 0; row < rows; row++) floats[to++] = record.parameters[row] ?? -1;
  for (let row = 0; row < rows; row++) floats[to++] = record.normsAfter?.[row] ?? UNCHANGED;
  if (record.moments !== null) floats.set(record.moments.subarray(0, rows * MOMENT_COLUMNS), to);
}

export function decodeStep(floats: Float64Array, at: number): StepRecord {
  const get = (offset: number): number => floats[at + offset] ?? NaN;
  const rows = get(10);
  const flags = get(12);
  let from = at + HEAD;
  const parameters = Array.from(floats.subarray(from, from + rows));
  from += rows;
  const normsAfter = (flags & 1) === 1 ? floats.slice(from, from + rows) : null;
  from += rows;
  return {
    step: get(0),
    attempt: get(14),
    time: get(1),
    loss: get(2),
    hasLoss: get(3) === 1,
    stepMs: get(4),
    learningRate: get(5),
    tensors: get(6),
    bytes: get(7),
    heap: get(13),
    optimizer: get(8),
    thread: get(9),
    parameters,
    normsAfter,
    moments: get(11) === 1 ? floats.slice(from, from + rows * MOMENT_COLUMNS) : null,
    wantsHistograms: (flags & 2) === 2,
  };
}

const VALUES_HEAD = 4;

export function valuesFrameBytes(length: number): number {
  return 8 * (VALUES_HEAD + Math.ceil(length / 2));
}

/** Encodes elements `from … from + length` of a gradient of `total` elements. */
export function encodeValues(
  parameter: number, values: Float32Array, from: number, length: number,
  floats: Float64Array, at: number, bytes: Uint8Array,
): void {
  floats[at] = parameter;
  floats[at + 1] = from;
  floats[at + 2] = length;
  floats[at + 3] = values.length;
  const piece = values.subarray(from, from + length);
  bytes.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), (at + VALUES_HEAD) * 8);
}

export interface ValuesPiece {
  parameter: number;
  from: number;
  total: number;
  /** A view into the ring: valid only while the frame is taken. */
  values: Float32Array;
}

export function decodeValues(floats: Float64Array, at: number): ValuesPiece {
  const length = floats[at + 2] ?? 0;
  return {
    parameter: floats[at] ?? -1,
    from: floats[at + 1] ?? 0,
    total: floats[at + 3] ?? 0,
    values: new Float32Array(floats.buffer, floats.byteOffset + (at + VALUES_HEAD) * 8, length),
  };
}

/** What is measured on sampled steps alone, each a number for each of `parameters`. */
export const sampledColumns = ['weightNorm', 'updateNorm', 'cosine', 'secondMomentRms', 'deadUnits'] as const;

/** `attempt`: that of the step's record, which follows. */
export type SampledRecord = {attempt: number; parameters: readonly number[]} & Record<(typeof sampledColumns)[number], Float64Array>;

export function sampledFrameBytes(rows: number): number {
  return 8 * (2 + (1 + sampledColumns.length) * rows);
}

export function encodeSampled(record: SampledRecord, floats: Float64Array, at: number): void {
  const rows = record.parameters.length;
  floats[at] = record.attempt;
  floats[at + 1] = rows;
  floats.set(record.parameters, at + 2);
  sampledColumns.forEach((name, column) => { floats.set(record[name], at + 2 + (column + 1) * rows); });
}

export function decodeSampled(floats: Float64Array, at: number): SampledRecord {
  const rows = floats[at + 1] ?? 0;
  const part = (index: number): Float64Array => floats.slice(at + 2 + index * rows, at + 2 + (index + 1) * rows);
  const columns = Object.fromEntries(sampledColumns.map((name, column) => [name, part(column + 1)])) as Record<(typeof sampledColumns)[number], Float64Array>;
  return {attempt: floats[at] ?? 0, parameters: Array.from(part(0)), ...columns};
}

export function histogramsFrameBytes(rows: number): number {
  return 8 * (2 + rows) + rows * HISTOGRAM_BINS * 4;
}

/**
 * @param attempt that of the step's record, which follows
 * @param counts dense counts, `HISTOGRAM_BINS` a row
 */
export function encodeHistograms(
  attempt: number, parameters: readonly number[], counts: Int32Array, floats: Float64Array, at: number, bytes: Uint8Array,
): void {
  floats[at] = attempt;
  floats[at + 1] = parameters.length;
  for (let row = 0; row < parameters.length; row++) floats[at + 2 + row] = parameters[row] ?? -1;
  bytes.set(new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength), (at + 2 + parameters.length) * 8);
}

export function decodeHistograms(floats: Float64Array, at: number): {attempt: number; parameters: number[]; counts: Int32Array} {
  const rows = floats[at + 1] ?? 0;
  const start = at + 2 + rows;
  return {
    attempt: floats[at] ?? 0,
    parameters: Array.from(floats.subarray(at + 2, start)),
    counts: new Int32Array(floats.buffer, floats.byteOffset + start * 8, rows * HISTOGRAM_BINS),
  };
}

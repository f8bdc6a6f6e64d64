import {Field, Float32, Float64, Int32, List, Schema, Uint16, Uint32} from 'apache-arrow';

const int32 = (name: string): Field => new Field(name, new Int32(), false);
const float64 = (name: string): Field => new Field(name, new Float64(), false);
const float32 = (name: string): Field => new Field(name, new Float32(), false);
const uint32 = (name: string): Field => new Field(name, new Uint32(), false);

/**
 * One row an optimizer step. `loss` is NaN where none was seen; `time` is in milliseconds
 * since 1970, `stepMs` the time since the step before, `bytes`, `rss` and `heap` (of the
 * training thread's JavaScript) are bytes.
 * `norm` is the L2 norm over all gradients before SING.
 */
export const stepsSchema = new Schema([
  int32('step'), float64('time'), float64('loss'), float32('stepMs'), float64('learningRate'), float64('norm'),
  int32('tensors'), float64('bytes'), float64('rss'), int32('optimizer'), int32('thread'), float64('heap'),
]);

/** Columns that runs of older versions lack; they read as NaN. */
export const laterColumns: ReadonlySet<string> = new Set(['heap', 'cosine', 'secondMomentRms', 'deadUnits', 'gradientNorm']);

/** One row a parameter and step: moments of the gradient before SING, its norm after. */
export const parametersSchema = new Schema([
  int32('step'), int32('parameter'),
  float64('mean'), float64('std'), float32('min'), float32('max'), float64('norm'), float64('normAfter'),
  uint32('zeros'), uint32('nan'), uint32('negInf'), uint32('posInf'),
]);

/**
 * One row a parameter and sampled step: L2 norms of its values before the update, and of what the update added to them; the gradient's
 * cosine with that of the sampled step before; StableAdamW's RMS, where the optimizer keeps second moments and SING changed nothing;
 * the share of a kernel's output units without gradient; the gradient's L2 norm as the optimizer got it. NaN where there is none.
 */
export const updatesSchema = new Schema([
  int32('step'), int32('parameter'), float64('weightNorm'), float64('updateNorm'), float64('cosine'), float64('secondMomentRms'), float64('deadUnits'),
  float64('gradientNorm'),
]);

/** One row a parameter and sampled step: the bins that hold something, and their counts. */
export const histogramsSchema = new Schema([
  int32('step'), int32('parameter'),
  new Field('bins', new List(new Field('item', new Uint16(), false)), false),
  new Field('counts', new List(new Field('item', new Uint32(), false)), false),
]);

import type {GrowingColumns} from '../growingColumns';
import type {SeriesColumn} from '../runReader';
import {packBytes, packFloats} from './packing';
import {trackFlag, type ParameterTrack, type StepGrid} from './reportData';
import {bucketOf} from './seriesThinning';

/** One parameter's rows on a grid of steps; extremes of each bucket are kept. */
export function parameterTrack(series: GrowingColumns<SeriesColumn>, grid: StepGrid): ParameterTrack {
  const empty = (): Float32Array => new Float32Array(grid.buckets).fill(NaN);
  const track = {mean: empty(), std: empty(), min: empty(), max: empty(), norm: empty(), normLow: empty(), normAfter: empty()};
  const flags = new Uint8Array(grid.buckets);
  const seen = new Uint32Array(grid.buckets);
  const column = (name: SeriesColumn): Float64Array => series.column(name);
  const [step, mean, std, min, max, norm, normAfter, nan, posInf, negInf] =
    [column('step'), column('mean'), column('std'), column('min'), column('max'), column('norm'), column('normAfter'), column('nan'), column('posInf'), column('negInf')];
  for (let row = 0; row < series.length; row++) {
    const bucket = bucketOf(grid, step[row] ?? NaN);
    if (!(bucket >= 0 && bucket < grid.buckets)) continue;
    const before = seen[bucket] ?? 0;
    seen[bucket] = before + 1;
    const average = (into: Float32Array, value = NaN): void => { into[bucket] = before === 0 ? value : ((into[bucket] ?? NaN) * before + value) / (before + 1); };
    const extreme = (into: Float32Array, value = NaN, sign: 1 | -1): void => {
      const held = into[bucket] ?? NaN;
      if (Number.isNaN(held) || value * sign > held * sign) into[bucket] = value;
    };
    average(track.mean, mean[row]);
    average(track.std, std[row]);
    extreme(track.min, min[row], -1);
    extreme(track.max, max[row], 1);
    extreme(track.norm, norm[row], 1);
    extreme(track.normLow, norm[row], -1);
    extreme(track.normAfter, normAfter[row], 1);
    if ((nan[row] ?? 0) > 0) flags[bucket] = (flags[bucket] ?? 0) | trackFlag.nan;
    if ((posInf[row] ?? 0) + (negInf[row] ?? 0) > 0) flags[bucket] = (flags[bucket] ?? 0) | trackFlag.infinite;
  }
  return {
    mean: packFloats(track.mean), std: packFloats(track.std), min: packFloats(track.min), max: packFloats(track.max),
    norm: packFloats(track.norm), normLow: packFloats(track.normLow), normAfter: packFloats(track.normAfter), flags: packBytes(flags),
  };
}

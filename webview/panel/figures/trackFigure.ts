import * as l10n from '@vscode/l10n';
import {bucketFlag} from '../../../src/protocol/panel';
import type {BandChartData, LineChartData, LineSeries} from '../../charts/chartData';
import {runStyle} from '../armStyle';
import type {TrackBuffer} from '../buffers';
import type {PanelData, RunData} from '../runData';
import {selectedParameter, shownRuns, type PanelState} from '../state';
import {chartRange} from './stepAxis';

interface Shown<Buffer> {
  /** Empty where one run is shown. */
  label: string;
  place: number;
  color: string;
  dash: number[];
  buffer: Buffer;
}

/** What the shown runs have of the selected parameter. @param buffersOf a run's buffers of that kind, by parameter */
export function shownBuffers<Buffer extends {buckets: number}>(state: PanelState, data: PanelData, buffersOf: (run: RunData) => ReadonlyMap<string, Buffer>): Shown<Buffer>[] {
  const parameter = selectedParameter(state);
  const shown = shownRuns(state);
  if (parameter === null) return [];
  return shown.flatMap((run, place) => {
    const buffer = buffersOf(data.of(run.id)).get(parameter);
    return buffer && buffer.buckets > 0 ? [{label: shown.length > 1 ? run.label : '', place, ...runStyle(run.arm, place), buffer}] : [];
  });
}

function shownTracks(state: PanelState, data: PanelData): Shown<TrackBuffer>[] {
  return shownBuffers(state, data, ({tracks}) => tracks);
}

/** Norm of the gradient before SING, and after where SING changed it. */
export function trackNormData(state: PanelState, data: PanelData): LineChartData {
  const series = shownTracks(state, data).flatMap(({label, place, color, dash, buffer: track}): LineSeries[] => {
    const [norm, low, after] = [track.column('norm'), track.column('normLow'), track.column('normAfter')];
    const flags = trackFlags(track);
    const before: LineSeries = {
      label: titled(label, l10n.t('before SING')), x: track.steps, y: norm, band: track.grid.width > 1 ? {low, high: norm} : null, flags,
      color, dash, width: 1.8, alpha: 1, endLabel: null, markRow: place,
    };
    if (!isChanged(norm, after)) return [before];
    // Of a gradient that is no number SING makes none either.
    const finite = after.map((value, bucket) => (flags[bucket] === 0 ? value : NaN));
    return [before, {...before, label: titled(label, l10n.t('after SING')), y: finite, band: null, flags: null, dash: [1, 3], width: 2, alpha: 0.9, markRow: null}];
  });
  return {series, yLabel: l10n.t('norm'), logarithmic: state.logarithmic, range: chartRange(state), baseline: null};
}

/** Mean ± standard deviation within the extremes. */
export function bandData(state: PanelState, data: PanelData): BandChartData {
  return {
    range: chartRange(state),
    series: shownTracks(state, data).map(({label, color, dash, buffer: track}) => ({
      label, color, dash, x: track.steps, mean: track.column('mean'), std: track.column('std'), min: track.column('min'), max: track.column('max'), flags: trackFlags(track),
    })),
  };
}

/** Elements that are zero, and those that are no finite number. */
export function countData(state: PanelState, data: PanelData): LineChartData {
  const tracks = shownTracks(state, data);
  const series = tracks.flatMap(({label, color, dash, buffer: track}): LineSeries[] => {
    const base = {x: track.steps, band: null, flags: new Uint8Array(track.buckets), color, dash, width: 1.6, alpha: 1, endLabel: null, markRow: null};
    const broken = sum(track.column('nan'), track.column('negInf'), track.column('posInf'));
    const lines: LineSeries[] = [{...base, label: titled(label, l10n.t('zeros')), y: track.column('zeros')}];
    if (broken.some((value) => value > 0)) lines.push({...base, label: titled(label, l10n.t('NaN and infinite')), y: broken, dash: [1, 3], width: 2.2});
    return lines;
  });
  return {series, yLabel: l10n.t('elements'), logarithmic: false, range: chartRange(state), baseline: null};
}

function trackFlags(track: TrackBuffer): Uint8Array {
  const [nan, negInf, posInf] = [track.column('nan'), track.column('negInf'), track.column('posInf')];
  const flags = new Uint8Array(track.buckets);
  for (let bucket = 0; bucket < flags.length; bucket++) flags[bucket] = flagOf(nan[bucket], negInf[bucket], posInf[bucket]);
  return flags;
}

/** What of a bucket was not finite, as `bucketFlag` bits. */
export function trackFlag(track: TrackBuffer, bucket: number): number {
  return flagOf(track.column('nan')[bucket], track.column('negInf')[bucket], track.column('posInf')[bucket]);
}

function flagOf(nan = 0, negInf = 0, posInf = 0): number {
  return (nan > 0 ? bucketFlag.nan : 0) | (negInf > 0 || posInf > 0 ? bucketFlag.infinite : 0);
}

function isChanged(norm: Float64Array, after: Float64Array): boolean {
  return after.some((value, i) => Math.abs(value - (norm[i] ?? NaN)) > 1e-6 * Math.abs(norm[i] ?? NaN));
}

function sum(...columns: Float64Array[]): Float64Array {
  return Float64Array.from(columns[0] ?? [], (_, i) => columns.reduce((total, column) => total + (column[i] ?? 0), 0));
}

/** A curve's words, behind those of its run. */
export function titled(run: string, what: string): string {
  return run === '' ? what : `${run}, ${what}`;
}

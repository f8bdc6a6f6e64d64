import * as l10n from '@vscode/l10n';
import {bucketFlag} from '../../../src/protocol/panel';
import type {BandChartData, LineChartData, LineSeries} from '../../charts/chartData';
import {runStyle} from '../armStyle';
import type {TrackBuffer} from '../buffers';
import type {PanelData} from '../runData';
import {selectedParameter, shownRuns, type PanelState} from '../state';
import {chartRange} from './stepAxis';

interface ShownTrack {
  label: string;
  place: number;
  color: string;
  dash: number[];
  track: TrackBuffer;
}

/** Tracks of the selected parameter in the shown runs. */
export function shownTracks(state: PanelState, data: PanelData): ShownTrack[] {
  const parameter = selectedParameter(state);
  const shown = shownRuns(state);
  if (parameter === null) return [];
  return shown.flatMap((run, place) => {
    const track = data.of(run.id).tracks.get(parameter);
    return track && track.buckets > 0 ? [{label: shown.length > 1 ? run.label : '', place, ...runStyle(run.arm, place), track}] : [];
  });
}

/** Norm of the gradient before SING, and after where SING changed it. */
export function trackNormData(state: PanelState, data: PanelData): LineChartData {
  const series = shownTracks(state, data).flatMap(({label, place, color, dash, track}): LineSeries[] => {
    const [norm, low, after] = [track.column('norm'), track.column('normLow'), track.column('normAfter')];
    const before: LineSeries = {
      label: titled(label, l10n.t('before SING')), x: track.steps, y: norm, band: track.grid.width > 1 ? {low, high: norm} : null, flags: trackFlags(track),
      color, dash, width: 1.8, alpha: 1, endLabel: null, markRow: place,
    };
    if (!isChanged(norm, after)) return [before];
    // Of a gradient that is no number SING makes none either.
    const finite = after.map((value, bucket) => (trackFlag(track, bucket) === 0 ? value : NaN));
    return [before, {...before, label: titled(label, l10n.t('after SING')), y: finite, band: null, flags: null, dash: [1, 3], width: 2, alpha: 0.9, markRow: null}];
  });
  return {series, yLabel: l10n.t('norm'), logarithmic: state.logarithmic, range: chartRange(state), baseline: null};
}

/** Mean ± standard deviation within the extremes. */
export function bandData(state: PanelState, data: PanelData): BandChartData {
  return {
    range: chartRange(state),
    series: shownTracks(state, data).map(({label, color, dash, track}) => ({
      label, color, dash, x: track.steps, mean: track.column('mean'), std: track.column('std'), min: track.column('min'), max: track.column('max'), flags: trackFlags(track),
    })),
  };
}

/** Elements that are zero, and those that are no finite number. */
export function countData(state: PanelState, data: PanelData): LineChartData {
  const tracks = shownTracks(state, data);
  const series = tracks.flatMap(({label, color, dash, track}): LineSeries[] => {
    const base = {x: track.steps, band: null, flags: track.steps.map(() => 0), color, dash, width: 1.6, alpha: 1, endLabel: null, markRow: null};
    const broken = sum(track.column('nan'), track.column('negInf'), track.column('posInf'));
    const lines: LineSeries[] = [{...base, label: titled(label, l10n.t('zeros')), y: track.column('zeros')}];
    if (broken.some((value) => value > 0)) lines.push({...base, label: titled(label, l10n.t('NaN and infinite')), y: broken, dash: [1, 3], width: 2.2});
    return lines;
  });
  return {series, yLabel: l10n.t('elements'), logarithmic: false, range: chartRange(state), baseline: null};
}

function trackFlags(track: TrackBuffer): Uint8Array {
  return Uint8Array.from({length: track.buckets}, (_, bucket) => trackFlag(track, bucket));
}

/** What of a bucket was not finite, as `bucketFlag` bits. */
export function trackFlag(track: TrackBuffer, bucket: number): number {
  const has = (name: 'nan' | 'negInf' | 'posInf'): boolean => (track.column(name)[bucket] ?? 0) > 0;
  return (has('nan') ? bucketFlag.nan : 0) | (has('negInf') || has('posInf') ? bucketFlag.infinite : 0);
}

function isChanged(norm: Float64Array, after: Float64Array): boolean {
  return after.some((value, i) => Math.abs(value - (norm[i] ?? NaN)) > 1e-6 * Math.abs(norm[i] ?? NaN));
}

function sum(...columns: Float64Array[]): Float64Array {
  return Float64Array.from(columns[0] ?? [], (_, i) => columns.reduce((total, column) => total + (column[i] ?? 0), 0));
}

function titled(run: string, what: string): string {
  return run === '' ? what : `${run}, ${what}`;
}

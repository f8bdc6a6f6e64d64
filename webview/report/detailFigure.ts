import {trackFlag, type ParameterTrack, type ReportData, type ReportRun} from '../../src/runs/report/reportData';
import {BandChart, bandSummary} from '../charts/bandChart';
import type {BandChartData, BandSeries, LineChartData, LineSeries} from '../charts/chartData';
import {chartNumber} from '../charts/chartNumber';
import {LineChart} from '../charts/lineChart';
import {chartTitle, drawBlock, placeOf, type DrawnChart} from './chartPlace';
import {stepRange} from './curveFigure';
import type {DataTable} from './dataTable';
import {armStyle, pageSettings} from './pageTheme';
import {unpackBytes, unpackFloats} from './unpacking';

const TABLE_ROWS = 40;
const columns = ['mean', 'std', 'min', 'max', 'norm', 'normLow', 'normAfter'] as const;
type Track = Record<(typeof columns)[number], Float32Array> & {flags: Uint8Array; steps: number[]};

/** Draws one parameter in each arm's run of the chosen seed: its norm before and after SING, its mean and spread. */
export function mountDetail(data: ReportData, runs: ReportRun[], parameter: number): DrawnChart[] {
  const parent = placeOf('detail');
  const name = data.parameters[parameter]?.name;
  if (!parent || name === undefined) return [];
  parent.replaceChildren();
  const tracks = runs.flatMap((run) => {
    const track = run.tracks[parameter];
    return track ? [{run, arm: data.arms[run.arm], track: unpackTrack(track, data)}] : [];
  });
  const norms = document.createElement('div');
  norms.className = 'norms';
  parent.append(norms);
  const several = tracks.length > 1;
  const series = tracks.flatMap(({run, arm, track}) => normSeries(track, arm?.name ?? '', arm?.label ?? '', run.arm, several));
  chartTitle(norms, `Norm of ${name}${series.length > tracks.length ? ', before and after SING' : ''}`);
  const handles: DrawnChart[] = [drawBlock<LineChartData>(norms, {
    title: `Norm of the gradient of ${name}`, summary: series.map(lineSummary).join(' '), table: () => lineTable(series), kind: 'chart',
    make: (place) => new LineChart(place, pageSettings()),
    data: {series, yLabel: 'norm', logarithmic: true, range: stepRange(data), baseline: null},
  })];
  const bands = document.createElement('div');
  bands.className = 'bands';
  parent.append(bands);
  for (const {arm, track} of tracks) {
    const column = document.createElement('div');
    bands.append(column);
    chartTitle(column, several ? `Elements, ${arm?.label ?? ''}` : 'Elements');
    const band = {...recorded(track), label: '', flags: null, color: armStyle(arm?.name ?? '').color, dash: []};
    handles.push(drawBlock<BandChartData>(column, {
      title: `Gradient of ${name}, ${arm?.label ?? ''}: mean, standard deviation, extremes`, summary: bandSummary(band), table: () => bandTable(track), kind: 'chart',
      make: (place) => new BandChart(place, pageSettings()),
      data: {series: [band], range: stepRange(data)},
    }));
  }
  return handles;
}

/** Buckets in which something was recorded. */
function recorded(track: Track): Pick<BandSeries, 'x' | 'mean' | 'std' | 'min' | 'max'> {
  const there = track.steps.map((_, i) => i).filter((i) => !Number.isNaN(track.norm[i]));
  const take = (values: ArrayLike<number>): number[] => there.map((i) => values[i] ?? NaN);
  return {x: take(track.steps), mean: take(track.mean), std: take(track.std), min: take(track.min), max: take(track.max)};
}

function unpackTrack(track: ParameterTrack, {grid}: ReportData): Track {
  return {
    ...Object.fromEntries(columns.map((column) => [column, unpackFloats(track[column])])) as Record<(typeof columns)[number], Float32Array>,
    flags: unpackBytes(track.flags),
    steps: Array.from({length: grid.buckets}, (_, i) => grid.first + i * grid.width),
  };
}

function normSeries(track: Track, arm: string, label: string, row: number, several: boolean): LineSeries[] {
  const {color, dash} = armStyle(arm);
  const there = track.steps.map((_, i) => i).filter((i) => !Number.isNaN(track.norm[i]) || (track.flags[i] ?? 0) > 0);
  const take = (values: Float32Array): number[] => there.map((i) => values[i] ?? NaN);
  // The recorded norm is over finite elements; a step that held others is marked, not drawn.
  const broken = (values: Float32Array): number[] => there.map((i) => {
    const flags = track.flags[i] ?? 0;
    return flags & trackFlag.nan ? NaN : flags & trackFlag.infinite ? Infinity : (values[i] ?? NaN);
  });
  const x = there.map((i) => track.steps[i] ?? NaN);
  const before: LineSeries = {label: `${label}, before`, x, y: broken(track.norm), color, dash, width: 2, alpha: 1, endLabel: several ? label : null, markRow: row, flags: null, band: {low: take(track.normLow), high: broken(track.norm)}};
  const changed = there.some((i) => Math.abs((track.normAfter[i] ?? NaN) - (track.norm[i] ?? NaN)) > 1e-6 * Math.abs(track.norm[i] ?? NaN));
  if (!changed) return [before];
  const after = take(track.normAfter);
  return [before, {...before, label: `${label}, after SING`, y: after, dash: [1, 3], width: 2, endLabel: 'after SING', band: null, markRow: null}];
}

function lineSummary({label, y}: LineSeries): string {
  const finite = Array.from(y).filter(Number.isFinite);
  return finite.length === 0 ? `${label}: no finite value.` : `${label}: from ${chartNumber(finite[0])} to ${chartNumber(finite.at(-1))}, largest ${chartNumber(Math.max(...finite))}.`;
}

function lineTable(lines: LineSeries[]): DataTable {
  const steps = [...new Set(lines.flatMap(({x}) => Array.from(x)))].sort((a, b) => a - b);
  return {
    columns: ['Step', ...lines.map(({label}) => label)],
    rows: everyOf(steps).map((step) => [step.toLocaleString('en'), ...lines.map(({x, y}) => {
      const at = Array.from(x).indexOf(step);
      return at < 0 ? '' : chartNumber(y[at]);
    })]),
  };
}

function bandTable(track: Track): DataTable {
  const rows = track.steps.map((step, i) => ({step, i})).filter(({i}) => !Number.isNaN(track.norm[i]));
  return {
    columns: ['Step', 'Mean', 'Std', 'Min', 'Max'],
    rows: everyOf(rows).map(({step, i}) => [step.toLocaleString('en'), ...[track.mean, track.std, track.min, track.max].map((values) => chartNumber(values[i]))]),
  };
}

function everyOf<T>(items: T[]): T[] {
  return items.filter((_, i) => i === items.length - 1 || i % Math.ceil(items.length / TABLE_ROWS) === 0);
}

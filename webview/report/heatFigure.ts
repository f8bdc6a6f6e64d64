import {trackFlag, type ReportData, type ReportRun} from '../../src/runs/report/reportData';
import {chartNumber} from '../charts/chartNumber';
import type {HeatStripData} from '../charts/chartData';
import {rampColor} from '../charts/colorRamp';
import {HeatStrip} from '../charts/heatStrip';
import type {ChartMark} from '../charts/linkedChart';
import {chartTitle, drawBlock, placeOf, type DrawnChart} from './chartPlace';
import {stepRange} from './curveFigure';
import type {DataTable} from './dataTable';
import {pageSettings, pageTheme} from './pageTheme';
import {unpackBytes, unpackFloats} from './unpacking';

const TABLE_COLUMNS = 12;
/** Widest range of colours, in powers of ten: smaller norms look like the smallest. */
const WIDEST = 8;

/** Draws the norms of all parameters over steps, a strip for each arm's run of the chosen seed. */
export function mountHeat(data: ReportData, runs: ReportRun[], parameter: number, onChoose: (parameter: number) => void): DrawnChart[] {
  const parent = placeOf('heat');
  if (!parent) return [];
  parent.replaceChildren();
  parent.classList.toggle('several', runs.length > 1);
  const rows = runs.map((run) => rowsOf(data, run));
  const range = colorRange(rows.flat());
  mountScale(range);
  const sideBySide = runs.length > 1 && window.matchMedia('(min-width: 900px), print').matches;
  return runs.map((run, i) => {
    const column = document.createElement('div');
    column.className = 'strip';
    parent.append(column);
    const title = [data.arms[run.arm]?.label, data.seeds.length > 1 ? data.seeds[run.seed] : null].filter(Boolean).join(', ');
    chartTitle(column, title);
    const labels = i === 0 || !sideBySide;
    if (sideBySide && i === 0) column.classList.add('with-labels');
    const own = rows[i] ?? [];
    const marks = run.marks.map((mark): ChartMark => ({row: mark.parameter, step: Math.max(data.grid.first, mark.step), kind: mark.severity, text: `${mark.severity}: ${mark.rule}`}));
    const settings = pageSettings({onChoose: (row) => { if (row !== null) onChoose(row); }});
    let strip: HeatStrip | null = null;
    const chart = drawBlock<HeatStripData>(column, {
      title: `Gradient norms by parameter and step, ${title}`, summary: stripSummary(data, own, marks), table: () => stripTable(data, own), kind: 'heat',
      make: (place) => strip = new HeatStrip(place, settings),
      data: {rows: own, ...columnsOf(own, data.grid.buckets), first: data.grid.first, width: data.grid.width, last: data.grid.last, scale: {kind: 'log', ...range}, labels, range: stepRange(data)},
    });
    chart.setMarks(marks);
    (strip as HeatStrip | null)?.setSelected(parameter);
    return chart;
  });
}

interface HeatRow {
  label: string;
  group: null;
  /** A value a bucket; NaN: nothing was recorded. */
  values: ArrayLike<number>;
  /** A bucket each: bits of what was no finite number. */
  broken: ArrayLike<number>;
}

function rowsOf(data: ReportData, run: ReportRun): HeatRow[] {
  return data.parameters.map(({name}, i) => {
    const track = run.tracks[i];
    return {label: name, group: null, values: track ? unpackFloats(track.norm) : [], broken: track ? unpackBytes(track.flags) : []};
  });
}

/** Rows as the strip takes them: bucket after bucket. */
function columnsOf(rows: HeatRow[], buckets: number): Pick<HeatStripData, 'values' | 'flags'> {
  const values = new Float32Array(buckets * rows.length);
  const flags = new Uint8Array(buckets * rows.length);
  rows.forEach((row, at) => {
    for (let bucket = 0; bucket < buckets; bucket++) {
      values[bucket * rows.length + at] = row.values[bucket] ?? NaN;
      flags[bucket * rows.length + at] = row.broken[bucket] ?? 0;
    }
  });
  return {values, flags};
}

function bucketText({grid}: ReportData, bucket: number): string {
  const first = grid.first + bucket * grid.width;
  return grid.width === 1 ? `step ${first.toLocaleString('en')}` : `steps ${first.toLocaleString('en')} to ${Math.min(grid.last, first + grid.width - 1).toLocaleString('en')}, the largest`;
}

function colorRange(rows: HeatRow[]): {low: number; high: number} {
  const logs = rows.flatMap(({values}) => Array.from(values).filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10));
  if (logs.length === 0) return {low: -1, high: 0};
  const high = logs.reduce((a, b) => Math.max(a, b));
  const low = logs.reduce((a, b) => Math.min(a, b));
  return {low: Math.max(low, high - WIDEST), high};
}

function mountScale({low, high}: {low: number; high: number}): void {
  const parent = placeOf('heat-scale');
  if (!parent) return;
  const theme = pageTheme();
  const name = (text: string): HTMLElement => {
    const element = document.createElement('span');
    element.textContent = text;
    return element;
  };
  const bar = document.createElement('span');
  bar.className = 'bar';
  bar.style.background = `linear-gradient(to right, ${[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => rampColor(theme.ramp, share)).join(', ')})`;
  parent.replaceChildren(name(`norm ${chartNumber(Number((10 ** low).toPrecision(2)))}`), bar, name(chartNumber(Number((10 ** high).toPrecision(2)))));
}

function stripSummary(data: ReportData, rows: HeatRow[], marks: ChartMark[]): string {
  const broken = rows.filter(({broken: flags}) => Array.from(flags).some((flag) => flag > 0));
  const last = rows.map(({label, values}) => ({label, value: Array.from(values).filter((value) => !Number.isNaN(value)).at(-1) ?? NaN})).filter(({value}) => !Number.isNaN(value)).sort((a, b) => a.value - b.value);
  const [smallest, largest] = [last[0], last.at(-1)];
  return [
    `${rows.length} parameters.`,
    smallest && largest && `At the end the smallest norm is ${chartNumber(smallest.value)} in ${smallest.label}, the largest ${chartNumber(largest.value)} in ${largest.label}.`,
    broken.length > 0 && `${broken.length} parameters had NaN or infinite gradients.`,
    ...marks.slice(0, 5).map(({row, step, text}) => `${text} in ${row === null ? 'no single layer' : (rows[row]?.label ?? '')} at ${bucketText(data, Math.floor((step - data.grid.first) / data.grid.width))}.`),
  ].filter(Boolean).join(' ');
}

function stripTable(data: ReportData, rows: HeatRow[]): DataTable {
  const {buckets} = data.grid;
  const columns = Array.from({length: buckets}, (_, i) => i).filter((i) => i === buckets - 1 || i % Math.ceil(buckets / TABLE_COLUMNS) === 0);
  return {
    columns: ['Parameter', ...columns.map((bucket) => bucketText(data, bucket).replace(', the largest', ''))],
    rows: rows.map(({label, values, broken}) => [label, ...columns.map((bucket) => cellText(values[bucket], broken[bucket] ?? 0))]),
  };
}

function cellText(value: number | undefined, flags: number): string {
  const held = [flags & trackFlag.nan && 'NaN', flags & trackFlag.infinite && 'infinity'].filter(Boolean).join(', ');
  if (value === undefined || Number.isNaN(value)) return held || '';
  return held ? `${chartNumber(value)} (holds ${held})` : chartNumber(value);
}

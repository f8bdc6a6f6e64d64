import type {Curve, ReportData, ReportRun} from '../../src/runs/report/reportData';
import {chartNumber} from '../charts/chartNumber';
import type {LineChartData, LineSeries} from '../charts/chartData';
import {LineChart} from '../charts/lineChart';
import type {StepRange} from '../charts/linkedChart';
import {nonFiniteMarks, type MarkKind} from '../charts/nonFiniteMarks';
import {drawBlock, placeOf, type DrawnChart} from './chartPlace';
import type {DataTable} from './dataTable';
import {armStyle, pageSettings} from './pageTheme';
import {unpackCurve, type Points} from './unpacking';

const TABLE_ROWS = 40;
/** A linear axis would squeeze a curve that falls by more than this. */
const LOG_FROM = 30;

interface NamedCurve extends Points {
  label: string;
  arm: number;
  mean: boolean;
}

export interface CurveFigure {
  id: 'loss' | 'norm';
  title: string;
  yLabel: string;
  /** null: by the values. */
  logarithmic: boolean | null;
  curvesOf: (run: ReportRun) => Curve[];
  meanOf: (arm: ReportData['arms'][number]) => Curve | null;
}

/** Draws the curves of all runs, thin, and the means of the arms, thick. */
export function mountCurves(data: ReportData, figure: CurveFigure): DrawnChart | null {
  const parent = placeOf(figure.id);
  if (!parent) return null;
  parent.replaceChildren();
  const curves = namedCurves(data, figure);
  if (curves.length === 0) {
    const note = document.createElement('p');
    note.className = 'none';
    note.textContent = 'Nothing was recorded.';
    parent.append(note);
    return null;
  }
  const logarithmic = figure.logarithmic ?? spansMagnitudes(curves);
  showMarkLegend(figure.id, curves, logarithmic);
  const series = curves.map((curve) => seriesOf(curve, data, isHead(curve)));
  return drawBlock<LineChartData>(parent, {
    title: figure.title, summary: curves.filter(isHead).map((curve) => curveSummary(curve, logarithmic)).join(' '), table: () => curveTable(curves), kind: figure.id,
    make: (place) => new LineChart(place, pageSettings()),
    data: {series, yLabel: figure.yLabel, logarithmic, range: stepRange(data), baseline: null},
  });

  /** Curves that are drawn thick and told in words: the means, or the runs themselves where there are none. */
  function isHead(curve: NamedCurve): boolean {
    return curve.mean || !curves.some(({mean, arm}) => mean && arm === curve.arm);
  }
}

export function stepRange({grid}: ReportData): StepRange {
  return {from: grid.first, to: Math.max(grid.first + 1, grid.last)};
}

function namedCurves(data: ReportData, {curvesOf, meanOf}: CurveFigure): NamedCurve[] {
  const own = data.runs.flatMap((run) => curvesOf(run).map((curve, i, all) => ({
    ...unpackCurve(curve), arm: run.arm, mean: false,
    label: [data.arms[run.arm]?.label, data.seeds.length > 1 ? data.seeds[run.seed] : null, all.length > 1 ? `optimizer ${i + 1}` : null].filter(Boolean).join(', '),
  })));
  const means = data.arms.flatMap((arm, i) => {
    const mean = meanOf(arm);
    return mean ? [{...unpackCurve(mean), arm: i, mean: true, label: `${arm.label}, mean`}] : [];
  });
  return [...own, ...means];
}

function seriesOf({x, y, arm, mean, label}: NamedCurve, data: ReportData, head: boolean): LineSeries {
  const {name = '', label: armLabel = ''} = data.arms[arm] ?? {};
  const {color, dash} = armStyle(name);
  return {
    label, x, color, band: null, flags: null, markRow: mean ? null : arm, dash: head ? dash : [],
    // Where the mean ends, its seeds say why: their marks stand for it.
    y: mean ? y.map((value) => (Number.isFinite(value) ? value : NaN)) : y,
    width: head ? 2.4 : 1, alpha: head ? 1 : 0.4,
    endLabel: head && data.arms.length > 1 ? armLabel : null,
  };
}

function spansMagnitudes(curves: NamedCurve[]): boolean {
  const values = curves.flatMap(({y}) => Array.from(y).filter(Number.isFinite));
  const min = values.reduce((a, b) => Math.min(a, b), Infinity);
  const max = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return min > 0 && max / min > LOG_FROM;
}

function curveSummary({label, x, y}: NamedCurve, logarithmic: boolean): string {
  const finite = Array.from(y).filter(Number.isFinite);
  const marks = nonFiniteMarks({x, y, flags: null}, logarithmic);
  const first = finite[0];
  const [firstMark] = marks;
  if (first === undefined) return `${label}: no finite value.`;
  return `${label}: from ${chartNumber(first)} to ${chartNumber(finite.at(-1))}, lowest ${chartNumber(Math.min(...finite))}, highest ${chartNumber(Math.max(...finite))}${firstMark ? `, ${firstMark.kind === 'zero' ? 'zero' : 'not finite'} from step ${firstMark.x}` : ''}.`;
}

function curveTable(curves: NamedCurve[]): DataTable {
  const steps = [...new Set(curves.flatMap(({x, mean}) => (mean ? [] : Array.from(x))))].sort((a, b) => a - b);
  const kept = steps.filter((_, i) => i === steps.length - 1 || i % Math.ceil(steps.length / TABLE_ROWS) === 0);
  return {
    columns: ['Step', ...curves.map(({label}) => label)],
    rows: kept.map((step) => [step.toLocaleString('en'), ...curves.map((curve) => valueAt(curve, step))]),
  };
}

/** Value of a curve at a step; of a thinned one that of the point before it. */
function valueAt({x, y}: NamedCurve, step: number): string {
  let at = x.length - 1;
  while (at >= 0 && (x[at] ?? NaN) > step) at--;
  const past = at === x.length - 1 && (x[at] ?? NaN) < step - (x.length > 1 ? (x[at] ?? 0) - (x[at - 1] ?? 0) : 0);
  return at < 0 || past ? '' : chartNumber(y[at]);
}

const markWords: Record<MarkKind, string> = {nan: '✕ NaN', infinite: '▲ infinite', zero: '○ zero'};

function showMarkLegend(id: string, curves: NamedCurve[], logarithmic: boolean): void {
  const kinds = new Set(curves.filter(({mean}) => !mean).flatMap(({x, y}) => nonFiniteMarks({x, y, flags: null}, logarithmic).map(({kind}) => kind)));
  const legend = document.querySelector(`[data-marks-for="${id}"]`);
  legend?.replaceChildren(...[...kinds].map((kind) => {
    const item = document.createElement('span');
    item.textContent = markWords[kind];
    return item;
  }));
}

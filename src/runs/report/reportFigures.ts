import type {Parameter} from '../../protocol/events';
import type {RunReader} from '../runReader';
import {runLosses} from '../runSummary';
import {histogramGrids} from './histogramGrid';
import {packCurve} from './packing';
import {parameterTrack} from './parameterTrack';
import type {ReportArm, ReportData, ReportParameter, ReportRun, StepGrid} from './reportData';
import type {ReportArmView, ReportRunView, ReportView} from './reportView';
import {meanCurve, stepGrid, thinCurve} from './seriesThinning';

/** Points of one curve. */
const CURVE_POINTS = 900;
/** Buckets of a mean over seeds. */
const MEAN_BUCKETS = 300;
/** Bytes that the tracks of all parameters may take in the page; base64 of seven float32 and a byte a bucket. */
const TRACK_BUDGET = 2_500_000;
const TRACK_BYTES = (7 * 4 + 1) * (4 / 3);
const TRACK_BUCKETS = {fewest: 32, most: 240};
/** Parameters whose histograms are shown. */
const SHOWN = 6;

/** Numbers of all figures of the page, thinned to what a screen can show. */
export function reportFigures(view: ReportView): ReportData {
  const runs = view.arms.flatMap((arm) => arm.runs);
  const parameters = unionOfParameters(runs);
  const {first, last} = stepRange(runs);
  const most = Math.floor(TRACK_BUDGET / (TRACK_BYTES * Math.max(1, parameters.length * runs.length)));
  const grid = stepGrid(first, last, Math.min(TRACK_BUCKETS.most, Math.max(TRACK_BUCKETS.fewest, most)));
  const shown = shownParameters(runs, parameters);
  const figures = view.arms.flatMap((arm, index) => arm.runs.map((run) => runFigures(run, index, view.seeds.indexOf(run.seed), parameters, grid)));
  addHistograms(runs, figures, parameters, shown);
  const meanGrid = stepGrid(first, last, MEAN_BUCKETS);
  return {
    arms: view.arms.map((arm) => armFigures(arm, meanGrid)),
    runs: figures,
    parameters: parameters.map(describe),
    shown,
    grid,
    seeds: view.seeds,
    firstSeed: Math.max(0, view.seeds.indexOf(mostTelling(runs)?.seed ?? '')),
  };
}

/** The run to show first: one with a finding at a layer, or with any, or that diverged. */
function mostTelling(runs: ReportRunView[]): ReportRunView | undefined {
  const weight = ({summary}: ReportRunView): number =>
    Math.max(summary.diverged ? 1 : 0, ...summary.findings.map(({layer, severity}) => 2 + (severity === 'error' ? 1 : 0) + (layer === null ? 0 : 2)));
  return [...runs].sort((a, b) => weight(b) - weight(a))[0];
}

function armFigures({name, label, runs}: ReportArmView, grid: StepGrid): ReportArm {
  const losses = runs.map(({reader}) => runLosses(reader));
  const single = losses.every((curves) => curves.length === 1);
  const mean = (curves: {step: ArrayLike<number>; value: ArrayLike<number>}[]): ReportArm['meanLoss'] =>
    (runs.length > 1 ? packCurve(meanCurve(curves, grid)) : null);
  return {
    name, label,
    meanLoss: single ? mean(losses.map((curves) => ({step: curves[0]?.step ?? [], value: curves[0]?.loss ?? []}))) : null,
    meanNorm: mean(runs.map(({reader}) => totalNorm(reader))),
  };
}

function runFigures({reader}: ReportRunView, arm: number, seed: number, parameters: Parameter[], grid: StepGrid): ReportRun {
  const norm = totalNorm(reader);
  const own = new Map(reader.parameters.map((parameter) => [parameter.name, parameter.index]));
  const indexOf = (name: string | null): number => parameters.findIndex((parameter) => parameter.name === name);
  return {
    id: reader.id, arm, seed,
    losses: runLosses(reader).map(({step, loss}) => packCurve(thinCurve(step, loss, CURVE_POINTS))),
    norm: packCurve(thinCurve(norm.step, norm.value, CURVE_POINTS)),
    tracks: parameters.map(({name}) => {
      const index = own.get(name);
      return index === undefined ? null : parameterTrack(reader.series(index), grid);
    }),
    histograms: [],
    marks: reader.findings.map(({parameter, layer, onsetStep, rule, severity}) => {
      const exact = indexOf(parameter);
      const index = exact >= 0 ? exact : parameters.findIndex((one) => layer !== null && one.layer === layer);
      return {parameter: index < 0 ? null : index, step: onsetStep, rule, severity};
    }),
  };
}

/** Gradient norm of each step; NaN or Infinity where a gradient held such, since recorded norms are over finite elements. */
function totalNorm(reader: RunReader): {step: Float64Array; value: Float64Array} {
  const step = reader.steps.column('step');
  const value = reader.steps.column('norm').slice();
  const bad = new Map<number, number>();
  for (const {index} of reader.parameters) {
    const series = reader.series(index);
    const [steps, nan, posInf, negInf] = [series.column('step'), series.column('nan'), series.column('posInf'), series.column('negInf')];
    for (let row = 0; row < series.length; row++) {
      const at = steps[row] ?? NaN;
      if ((nan[row] ?? 0) > 0) bad.set(at, NaN);
      else if ((posInf[row] ?? 0) + (negInf[row] ?? 0) > 0 && !bad.has(at)) bad.set(at, Infinity);
    }
  }
  if (bad.size > 0) step.forEach((at, row) => { value[row] = bad.get(at) ?? value[row] ?? NaN; });
  return {step, value};
}

function addHistograms(runs: ReportRunView[], figures: ReportRun[], parameters: Parameter[], shown: number[]): void {
  for (const index of shown) {
    const name = parameters[index]?.name;
    const histograms = runs.map(({reader}) => {
      const own = reader.parameters.find((parameter) => parameter.name === name);
      return own ? reader.histograms(own.index) : [];
    });
    histogramGrids(histograms).forEach((grid, run) => {
      if (grid) figures[run]?.histograms.push({parameter: index, grid});
    });
  }
}

/** Parameters with findings; after them those whose gradient norm moved over most octaves. */
function shownParameters(runs: ReportRunView[], parameters: Parameter[]): number[] {
  const found = runs.flatMap(({reader}) => reader.findings.map(({parameter, layer}) => parameters.findIndex((one) => one.name === parameter || (parameter === null && one.layer === layer))));
  const moved = parameters
    .map(({name}, index) => ({index, octaves: Math.max(0, ...runs.map(({reader}) => octavesMoved(reader, name)))}))
    .sort((a, b) => b.octaves - a.octaves)
    .map(({index}) => index);
  const sampled = (index: number): boolean => runs.some(({reader}) => {
    const own = reader.parameters.find(({name}) => name === parameters[index]?.name);
    return own !== undefined && reader.histograms(own.index).length > 0;
  });
  return [...new Set([...found.filter((index) => index >= 0), ...moved])].filter(sampled).slice(0, SHOWN);
}

function octavesMoved(reader: RunReader, name: string): number {
  const own = reader.parameters.find((parameter) => parameter.name === name);
  const norms = own ? reader.series(own.index).column('norm').filter((norm) => norm > 0 && Number.isFinite(norm)) : new Float64Array();
  if (norms.length === 0) return 0;
  return Math.log2(norms.reduce((a, b) => Math.max(a, b)) / norms.reduce((a, b) => Math.min(a, b)));
}

function unionOfParameters(runs: ReportRunView[]): Parameter[] {
  const byName = new Map<string, Parameter>();
  for (const {reader} of runs) {
    for (const parameter of reader.parameters) if (!byName.has(parameter.name)) byName.set(parameter.name, parameter);
  }
  return [...byName.values()];
}

function describe({name, layerClass, shape}: Parameter): ReportParameter {
  return {name, about: [layerClass, shape.length === 0 ? 'scalar' : shape.join(' × ')].filter((part) => part !== null).join(' ')};
}

function stepRange(runs: ReportRunView[]): {first: number; last: number} {
  let first = Infinity;
  let last = 1;
  for (const {reader} of runs) {
    for (const step of reader.steps.column('step')) {
      if (step < first) first = step;
      if (step > last) last = step;
    }
  }
  return {first: Number.isFinite(first) ? first : 1, last};
}


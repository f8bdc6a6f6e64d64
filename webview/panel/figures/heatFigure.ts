import type {PanelParameter, PanelRun} from '../../../src/protocol/panel';
import type {HeatScale, HeatStripData} from '../../charts/chartData';
import type {ChartMark} from '../../charts/linkedChart';
import {runStyle} from '../armStyle';
import type {HeatBuffer} from '../buffers';
import {findingText} from '../findingText';
import type {PanelData} from '../runData';
import {shownParameters, shownRuns, type PanelState} from '../state';
import {chartRange} from './stepAxis';

/** Least and most decimal powers that the colours tell apart. */
const LEAST_POWERS = 1;
const MOST_POWERS = 10;
/** Share of the smallest values that may fall below the first colour. */
const IGNORED_SHARE = 0.02;
const MOST_SAMPLES = 8000;
/** Largest ratio that has a colour of its own, at least. */
const LEAST_RATIO = 10;
const MOST_RATIO = 1e6;

/** Strips of the shown runs, on one scale of colours. */
export function heatStrips(state: PanelState, data: PanelData): {run: PanelRun; strip: HeatStripData}[] {
  const runs = shownRuns(state);
  const heats = runs.map(({id}) => data.of(id).heat);
  const scale: HeatScale = {kind: 'log', ...powersOf(heats)};
  return runs.map((run, i) => {
    const heat = heats[i] ?? data.of(run.id).heat;
    return {run, strip: {rows: run.parameters.map(rowOf), ...gridOf(heat, run), values: heat.norm, flags: heat.flags, scale, labels: true, range: chartRange(state)}};
  });
}

/** Norms of the second run as a ratio to the first's; null where their grids differ, as they may for a moment. */
export function ratioStrip(state: PanelState, data: PanelData): HeatStripData | null {
  const [first, second] = shownRuns(state);
  if (!first || !second) return null;
  const [one, other] = [data.of(first.id).heat, data.of(second.id).heat];
  if (one.buckets === 0 || other.buckets === 0) return null;
  const parameters = shownParameters(state);
  const buckets = Math.min(one.buckets, other.buckets);
  const values = new Float32Array(buckets * parameters.length).fill(NaN);
  const flags = new Uint8Array(values.length);
  const columns = parameters.map(({name}) => [indexOf(first, name), indexOf(second, name)] as const);
  let most = LEAST_RATIO;
  for (let bucket = 0; bucket < buckets; bucket++) {
    // Runs of different length may have different grids: what is compared is the same step.
    const at = other.bucketOf(one.stepOf(bucket));
    if (at < 0) continue;
    columns.forEach(([a, b], row) => {
      if (a < 0 || b < 0) return;
      const [i, j] = [bucket * one.parameters + a, at * other.parameters + b];
      const to = bucket * parameters.length + row;
      flags[to] = (one.flags[i] ?? 0) | (other.flags[j] ?? 0);
      const ratio = (other.norm[j] ?? NaN) / (one.norm[i] ?? NaN);
      values[to] = ratio;
      if (Number.isFinite(ratio) && ratio > 0) most = Math.max(most, ratio, 1 / ratio);
    });
  }
  return {
    rows: parameters.map(rowOf), ...gridOf(one, first), values, flags, labels: true, range: chartRange(state),
    scale: {kind: 'ratio', most: Math.min(most, MOST_RATIO), below: runStyle(second.arm, 1).color, above: runStyle(first.arm, 0).color},
  };
}

/** Marks of a run: its findings and where SING was switched. @param rows whether the chart has a row a parameter */
export function marksOf(run: PanelRun, rows: boolean): ChartMark[] {
  const findings = run.findings.map((finding): ChartMark => {
    const row = run.parameters.find(({name}) => name === finding.parameter)?.index ?? null;
    return {step: finding.onsetStep, kind: finding.severity, text: findingText(finding, run.parameters), row: rows ? row : null};
  });
  return [...findings, ...switchMarks(run)];
}

export function switchMarks(run: PanelRun): ChartMark[] {
  return run.switches.filter(({step}) => step > 0).map(({step, sing}) => ({step: step + 1, kind: 'switch', text: sing.mode === 'off' ? 'SING off' : 'SING on', row: null}));
}

/** Powers of ten at the ends of the colours. Few very small values, as of a layer that starts, must not take the colours from all others. */
function powersOf(heats: readonly HeatBuffer[]): {low: number; high: number} {
  const sample = Float64Array.from(heats.flatMap(({norm}) => sampleOf(norm))).sort();
  const top = Math.log10(sample.at(-1) ?? NaN);
  if (Number.isNaN(top)) return {low: -1, high: 1};
  const bottom = Math.max(Math.log10(sample[Math.floor(sample.length * IGNORED_SHARE)] ?? NaN), top - MOST_POWERS);
  return top - bottom < LEAST_POWERS ? {low: bottom - LEAST_POWERS / 2, high: top + LEAST_POWERS / 2} : {low: bottom, high: top};
}

function sampleOf(norm: Float32Array): number[] {
  const stride = Math.ceil(norm.length / MOST_SAMPLES) || 1;
  const sample: number[] = [];
  for (let i = 0; i < norm.length; i += stride) {
    const value = norm[i] ?? NaN;
    if (value > 0 && value !== Infinity) sample.push(value);
  }
  return sample;
}

function rowOf({name, layer}: PanelParameter): {label: string; group: string} {
  return {label: name, group: layer};
}

function gridOf({grid}: HeatBuffer, {steps}: PanelRun): {first: number; width: number; last: number} {
  return {...grid, last: steps};
}

function indexOf(run: PanelRun, name: string): number {
  return run.parameters.find((parameter) => parameter.name === name)?.index ?? -1;
}

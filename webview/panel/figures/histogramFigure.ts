import type {BarSeries} from '../../charts/chartData';
import type {HistogramBuffer} from '../buffers';
import {runStyle} from '../armStyle';
import type {PanelData} from '../runData';
import {cursorStep, newestStep, selectedParameter, shownRuns, type PanelState} from '../state';
import {count} from '../words';
import * as l10n from '@vscode/l10n';

/** Sampled histograms of the selected parameter in a shown run; null where none was sampled. */
export function histogramsOf(state: PanelState, data: PanelData, run: string): HistogramBuffer | null {
  const parameter = selectedParameter(state);
  const found = parameter === null ? undefined : data.of(run).histograms.get(parameter);
  return found && found.samples > 0 ? found : null;
}

export interface BarChart {
  /** Run; '' where there is only one, or where both are in one chart. */
  run: string;
  series: BarSeries[];
}

/**
 * Histograms at the cursor's step, the newest without one: two runs over each other, or with a
 * pinned step each run's two steps side by side.
 */
export function barCharts(state: PanelState, data: PanelData): BarChart[] {
  const shown = shownRuns(state);
  const step = cursorStep(state) ?? newestStep(state);
  const sampled = shown.flatMap((run, place) => {
    const histograms = histogramsOf(state, data, run.id);
    return histograms ? [{run, place, histograms}] : [];
  });
  const {pinned} = state;
  if (pinned !== null) {
    return sampled.map(({run, place, histograms}) => ({
      run: shown.length > 1 ? run.label : '',
      series: [sampleAt(histograms, pinned, '', runStyle(null, 1 - place).color), sampleAt(histograms, step, '', runStyle(null, place).color)],
    }));
  }
  const series = sampled.map(({run, place, histograms}) => sampleAt(histograms, step, shown.length > 1 ? `${run.label}, ` : '', runStyle(run.arm, place).color));
  return series.length > 0 ? [{run: '', series}] : [];
}

/** The histogram sampled nearest to a step. */
function sampleAt(histograms: HistogramBuffer, step: number, prefix: string, color: string): BarSeries {
  const {steps, offsets, bins, counts} = histograms;
  let nearest = 0;
  for (let i = 1; i < steps.length; i++) if (Math.abs((steps[i] ?? NaN) - step) < Math.abs((steps[nearest] ?? NaN) - step)) nearest = i;
  const [from, to] = [offsets[nearest] ?? 0, offsets[nearest + 1] ?? 0];
  return {label: `${prefix}${l10n.t('step {0}', count(steps[nearest] ?? 0))}`, bins: bins.subarray(from, to), counts: counts.subarray(from, to), color};
}

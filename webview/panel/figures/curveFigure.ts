import * as l10n from '@vscode/l10n';
import type {DifferenceChartData, LineChartData, LineSeries} from '../../charts/chartData';
import {runStyle} from '../armStyle';
import type {CurveBuffer} from '../buffers';
import type {PanelData} from '../runData';
import {shownRuns, type PanelState} from '../state';
import {chartRange} from './stepAxis';

export type CurveName = 'loss' | 'norm';

/** Curves of the shown runs over each other: their losses, or the norms over all gradients. */
export function curveData(state: PanelState, data: PanelData, name: CurveName): LineChartData {
  const shown = shownRuns(state);
  const several = shown.length > 1;
  const series = shown.flatMap((run, place) => curvesOf(data, run.id, name).map((curve, i, all): LineSeries => ({
    label: [several ? run.label : null, all.length > 1 ? l10n.t('optimizer {0}', i + 1) : null].filter((part) => part !== null).join(', ') || curveWord(name),
    ...runStyle(run.arm, place), ...points(curve), width: 1.8, alpha: i === 0 ? 1 : 0.55, endLabel: null, markRow: place,
  })));
  return {series, yLabel: curveWord(name), logarithmic: state.logarithmic, range: chartRange(state), baseline: null};
}

/** The second run's loss against the first's; null where fewer than two have any. */
export function differenceData(state: PanelState, data: PanelData): DifferenceChartData | null {
  const shown = shownRuns(state);
  const [first, second] = shown.map(({id}) => curvesOf(data, id, 'loss')[0]);
  const [one, other] = shown;
  if (!first || !second || !one || !other) return null;
  const label = state.logarithmic ? `${other.label} ÷ ${one.label}` : `${other.label} − ${one.label}`;
  return {
    first: {x: first.steps, y: first.value}, second: {x: second.steps, y: second.value}, label,
    yLabel: state.logarithmic ? l10n.t('ratio') : l10n.t('difference'), logarithmic: state.logarithmic, color: runStyle(other.arm, 1).color, range: chartRange(state),
  };
}

export function curvesOf(data: PanelData, run: string, name: CurveName): CurveBuffer[] {
  const {losses, norms} = data.of(run);
  return (name === 'loss' ? losses : norms).filter((curve) => curve.buckets > 0);
}

export function curveWord(name: CurveName): string {
  return name === 'loss' ? l10n.t('loss') : l10n.t('norm');
}

function points(curve: CurveBuffer): Pick<LineSeries, 'x' | 'y' | 'band' | 'flags'> {
  return {x: curve.steps, y: curve.value, band: curve.grid.width > 1 ? {low: curve.low, high: curve.high} : null, flags: curve.flags};
}

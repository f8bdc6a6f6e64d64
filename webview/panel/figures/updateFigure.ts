import * as l10n from '@vscode/l10n';
import type {UpdateTrackColumn} from '../../../src/protocol/panel';
import type {LineChartData, LineSeries} from '../../charts/chartData';
import {chartNumber} from '../../charts/chartNumber';
import type {UpdateBuffer} from '../buffers';
import type {PanelData} from '../runData';
import {cursorStep, newestStep, type PanelState} from '../state';
import {count} from '../words';
import {chartRange} from './stepAxis';
import {shownBuffers, titled} from './trackFigure';

type ShownUpdates = ReturnType<typeof shownUpdates>;

const shownUpdates = (state: PanelState, data: PanelData) => shownBuffers(state, data, ({updates}) => updates);

/** A drawn column and its words. The second of a chart is drawn dotted. */
type Columns = readonly [UpdateTrackColumn, string][];

const sizeColumns = (): Columns => [['updateRatio', l10n.t('by weight norm')], ['secondMomentRms', l10n.t('RMS of gradient by second moment')]];
const directionColumns = (): Columns => [['cosine', l10n.t('cosine with the sample before')], ['deadUnits', l10n.t('units without gradient')]];

/** Size of the updates: their norm by the weights', and by what Adam expects of them. */
export function updateSizeData(state: PanelState, data: PanelData): LineChartData {
  return {series: lines(shownUpdates(state, data), sizeColumns()), yLabel: l10n.t('ratio'), logarithmic: state.logarithmic, range: chartRange(state), baseline: null};
}

/** Whether the gradient keeps its direction, and the share of units that get none. */
export function directionData(state: PanelState, data: PanelData): LineChartData {
  return {series: lines(shownUpdates(state, data), directionColumns()), yLabel: l10n.t('cosine, share'), logarithmic: false, range: chartRange(state), baseline: null};
}

/** The drawn values at the cursor's step, or of the last sample before it: these are few steps. */
export function updateNotes(state: PanelState, data: PanelData): {size: string; direction: string} {
  const step = cursorStep(state) ?? newestStep(state);
  const shown = shownUpdates(state, data);
  const note = (columns: Columns): string => shown.map(({buffer}) => noteAt(buffer, step, columns)).filter((text) => text !== '').join(' | ');
  return {size: note(sizeColumns()), direction: note(directionColumns())};
}

function noteAt(updates: UpdateBuffer, step: number, columns: Columns): string {
  const {first, width} = updates.grid;
  const ratios = updates.column('updateRatio');
  let bucket = Math.min(Math.floor((step - first) / width), updates.buckets - 1);
  while (bucket >= 0 && Number.isNaN(ratios[bucket])) bucket--;
  if (bucket < 0) return '';
  const values = columns.flatMap(([name, words], i) => {
    const value = updates.column(name)[bucket] ?? NaN;
    if (Number.isNaN(value)) return [];
    return [i === 0 ? `${words} ${chartNumber(value)}` : l10n.t('{0} (dotted) {1}', words, chartNumber(value))];
  });
  return values.length === 0 ? '' : l10n.t('{0} at step {1}', values.join(', '), count(updates.stepOf(bucket)));
}

function lines(shown: ShownUpdates, columns: Columns): LineSeries[] {
  return shown.flatMap(({label, color, dash, buffer}) => columns.flatMap(([name, words], i): LineSeries[] => {
    const own = points(buffer, name);
    if (own.x.length === 0) return [];
    return [{...own, label: titled(label, words), band: null, flags: null, color, dash: i === 0 ? dash : [1, 3], width: i === 0 ? 1.8 : 2, alpha: 1, endLabel: null, markRow: null}];
  }));
}

/** Steps between samples hold nothing: a line goes from one to the next. */
function points(updates: UpdateBuffer, name: UpdateTrackColumn): Pick<LineSeries, 'x' | 'y'> {
  const [steps, values] = [updates.steps, updates.column(name)];
  const isSampled = (_: number, bucket: number): boolean => !Number.isNaN(values[bucket]);
  return {x: steps.filter(isSampled), y: values.filter(isSampled)};
}

import * as l10n from '@vscode/l10n';
import {element, setChildren, setText} from './dom';
import {curvesOf} from './figures/curveFigure';
import {flagged} from './figures/tables';
import {trackFlag} from './figures/trackFigure';
import {armSwatch} from './armStyle';
import type {PanelData} from './runData';
import {cursorStep, newestStep, selectedParameter, shownRuns, type PanelState} from './state';
import {count} from './words';
import type {CurveBuffer, TrackBuffer} from './buffers';

const trackCells = ['norm', 'normAfter', 'mean', 'std', 'min', 'max', 'zeros', 'nan', 'infinite'] as const;
type TrackCell = (typeof trackCells)[number];
type LineKind = 'newest' | 'cursor' | 'pinned';

/** Values of all charts at the cursor's step, and at the pinned one, a line a run. */
export class Readout {
  private readonly parameter = element('th', {colspan: trackCells.length, scope: 'colgroup', class: 'parameter'});
  private readonly body = element('tbody');
  private readonly lines = new Map<string, ReadoutLine>();
  readonly element = element('div', {class: 'readout'});

  constructor() {
    const words: Record<TrackCell, string> = {
      norm: l10n.t('norm'), normAfter: l10n.t('after SING'), mean: l10n.t('mean'), std: l10n.t('std'), min: l10n.t('min'), max: l10n.t('max'), zeros: l10n.t('zeros'), nan: 'NaN', infinite: l10n.t('infinite'),
    };
    const names = element('tr', {}, element('th', {scope: 'col'}, l10n.t('Step')), element('th', {scope: 'col'}, l10n.t('loss')), element('th', {scope: 'col'}, l10n.t('total norm')),
      ...trackCells.map((cell) => element('th', {scope: 'col'}, words[cell])));
    const groups = element('tr', {class: 'groups'}, element('td', {colspan: 3}), this.parameter);
    this.element.append(element('div', {class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': l10n.t('Values at the cursor')},
      element('table', {}, element('thead', {}, groups, names), this.body)));
  }

  update(state: PanelState, data: PanelData): void {
    const parameter = selectedParameter(state);
    setText(this.parameter, parameter ?? '');
    const runs = shownRuns(state);
    const cursor = cursorStep(state);
    const steps: {kind: LineKind; step: number}[] = [{kind: cursor === null ? 'newest' : 'cursor', step: cursor ?? newestStep(state)}];
    if (state.pinned !== null) steps.push({kind: 'pinned', step: state.pinned});
    const keys = new Set<string>();
    const rows = steps.flatMap(({kind, step}) => runs.map((run, place) => {
      const key = `${kind} ${run.id}`;
      keys.add(key);
      let line = this.lines.get(key);
      if (!line) this.lines.set(key, line = new ReadoutLine(kind, runs.length > 1 ? armSwatch(run.arm, place) : null, runs.length > 1 ? run.label : ''));
      const own = data.of(run.id);
      line.update(step, curvesOf(data, run.id, 'loss')[0], curvesOf(data, run.id, 'norm')[0], parameter === null ? undefined : own.tracks.get(parameter));
      return line.element;
    }));
    for (const key of [...this.lines.keys()]) if (!keys.has(key)) this.lines.delete(key);
    setChildren(this.body, rows);
  }
}

class ReadoutLine {
  private readonly step = element('span');
  private readonly cells: HTMLElement[] = Array.from({length: trackCells.length + 2}, () => element('td'));
  readonly element: HTMLElement;

  constructor(kind: LineKind, swatch: SVGElement | null, label: string) {
    const word = {newest: l10n.t('newest'), cursor: l10n.t('cursor'), pinned: l10n.t('pinned')}[kind];
    this.element = element('tr', {class: kind}, element('th', {scope: 'row'}, swatch, label === '' ? null : element('span', {class: 'unseen'}, label), this.step, element('small', {}, word)), ...this.cells);
  }

  update(step: number, loss: CurveBuffer | undefined, norm: CurveBuffer | undefined, track: TrackBuffer | undefined): void {
    setText(this.step, stepText(step, norm ?? loss ?? track));
    const texts = [curveCell(loss, step), curveCell(norm, step), ...trackCells.map((cell) => trackCell(track, cell, step))];
    texts.forEach((text, i) => {
      const cell = this.cells[i];
      if (cell) setText(cell, text);
    });
  }
}

/** A step, or the steps of its bucket. */
function stepText(step: number, buffer: CurveBuffer | TrackBuffer | undefined): string {
  const bucket = buffer?.bucketOf(step) ?? -1;
  if (!buffer || bucket < 0 || buffer.grid.width <= 1) return count(step);
  const first = buffer.stepOf(bucket);
  return `${count(first)}–${count(first + buffer.grid.width - 1)}`;
}

/** What stands where a step was recorded, but has no such value. */
const NONE = '–';

function curveCell(curve: CurveBuffer | undefined, step: number): string {
  const bucket = curve?.bucketOf(step) ?? -1;
  return !curve || bucket < 0 ? '' : flagged(curve.value[bucket], curve.flags[bucket]) || NONE;
}

function trackCell(track: TrackBuffer | undefined, cell: TrackCell, step: number): string {
  const bucket = track?.bucketOf(step) ?? -1;
  if (!track || bucket < 0) return '';
  const at = (name: Parameters<TrackBuffer['column']>[0]): number => track.column(name)[bucket] ?? NaN;
  if (cell === 'infinite') return countCell(at('negInf') + at('posInf'));
  if (cell === 'zeros' || cell === 'nan') return countCell(at(cell));
  const flags = trackFlag(track, bucket);
  if (cell === 'norm') return flagged(at('norm'), flags) || NONE;
  // What SING would make of a gradient that is no number is no number either.
  if (cell === 'normAfter' && flags !== 0) return NONE;
  return flagged(at(cell), 0) || NONE;
}

function countCell(value: number): string {
  return Number.isNaN(value) ? NONE : count(value);
}

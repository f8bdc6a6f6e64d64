import * as l10n from '@vscode/l10n';
import type {DifferenceChartData, LineChartData} from '../charts/chartData';
import {DifferenceChart} from '../charts/differenceChart';
import {LineChart} from '../charts/lineChart';
import {chartSettings, gutters} from './chartSettings';
import type {Commands} from './commands';
import {element, setChildren} from './dom';
import {Figure, stepEvents} from './figure';
import {curveData, differenceData, type CurveName} from './figures/curveFigure';
import {heatStrips, marksOf, ratioStrip, switchMarks} from './figures/heatFigure';
import {lineSummary} from './figures/summaries';
import {differenceTable, lineTable} from './figures/tables';
import {HeatFigure} from './heatPanel';
import {legend} from './legend';
import type {PanelData} from './runData';
import {shownRuns, type PanelState} from './state';

/**
 * The whole network on one glance: loss, heat strips in network order and total norm, on one axis of
 * steps. Strips grow with the network, so what is short stands before them.
 */
export class OverviewSection {
  private readonly heats: [HeatFigure, HeatFigure];
  private readonly curves: Record<CurveName, Figure<LineChartData>>;
  private readonly difference: Figure<DifferenceChartData>;
  private readonly ratio = element('button', {type: 'button', class: 'button small', 'aria-pressed': 'false'}, l10n.t('Ratio'));
  private readonly keys = element('div', {class: 'legend'});
  private readonly strips = element('div', {class: 'strips'});
  private legendKey = '';
  readonly element: HTMLElement;

  constructor(commands: Commands) {
    this.heats = [new HeatFigure(commands, this.ratio), new HeatFigure(commands)];
    this.ratio.title = l10n.t('The second run as a ratio to the first');
    this.ratio.addEventListener('click', () => { commands.toggleRatio(); });
    this.curves = {loss: curveFigure('loss', l10n.t('Loss'), commands, this.keys), norm: curveFigure('norm', l10n.t('Gradient norm of the whole network'), commands)};
    this.difference = new Figure({
      name: 'difference', make: (place) => new DifferenceChart(place, chartSettings(stepEvents(commands), gutters.overview)),
      summary: ({label}) => label, table: differenceTable,
    }, l10n.t('Difference of the loss'));
    this.element = element('section', {class: 'overview', 'aria-label': l10n.t('Overview')}, this.curves.loss.element, this.difference.element, this.strips, this.curves.norm.element);
  }

  update(state: PanelState, data: PanelData): void {
    const runs = shownRuns(state);
    this.showLegend(state);
    const ratio = state.ratio && runs.length > 1 ? ratioStrip(state, data) : null;
    const strips = ratio ? [{title: l10n.t('Gradient norms, {0} ÷ {1}', runs[1]?.label ?? '', runs[0]?.label ?? ''), strip: ratio}]
      : heatStrips(state, data).map(({run, strip}) => ({title: runs.length > 1 ? l10n.t('Gradient norms, {0}', run.label) : l10n.t('Gradient norm of each layer'), strip}));
    strips.forEach(({title, strip}, i) => { this.heats[i]?.update(strip, title); });
    setChildren(this.strips, strips.flatMap((_, i) => this.heats[i]?.element ?? []));
    for (const name of ['loss', 'norm'] as const) this.curves[name].update(curveData(state, data, name));
    const difference = differenceData(state, data);
    this.difference.element.hidden = difference === null;
    if (difference) {
      this.difference.retitle(state.logarithmic ? l10n.t('Ratio of the losses') : l10n.t('Difference of the losses'), difference.label);
      this.difference.update(difference);
    }
    this.ratio.hidden = runs.length < 2;
    this.ratio.setAttribute('aria-pressed', String(state.ratio));
    this.link(state);
  }

  /** Follows cursor, zoom and selection. */
  link(state: PanelState): void {
    const runs = shownRuns(state);
    this.heats.forEach((heat, i) => {
      const run = runs[i];
      if (run) heat.link(state, run);
    });
    const marks = runs.flatMap((run) => marksOf(run, false));
    this.curves.loss.link(state, marks);
    this.curves.norm.link(state, marks);
    this.difference.link(state, runs.flatMap(switchMarks));
  }

  retheme(): void {
    for (const figure of [...this.heats.map(({figure}) => figure), this.curves.loss, this.curves.norm, this.difference]) figure.retheme();
  }

  /** Width of the charts, in CSS pixels. */
  get width(): number {
    return this.element.clientWidth;
  }

  private showLegend(state: PanelState): void {
    const runs = shownRuns(state);
    const key = JSON.stringify(runs.map(({label, arm}) => [label, arm]));
    this.keys.hidden = runs.length < 2;
    if (key === this.legendKey) return;
    this.legendKey = key;
    setChildren(this.keys, legend(runs));
  }
}

function curveFigure(name: CurveName, title: string, commands: Commands, ...tools: HTMLElement[]): Figure<LineChartData> {
  return new Figure({
    name, make: (place) => new LineChart(place, chartSettings(stepEvents(commands), gutters.overview)),
    summary: ({series}) => lineSummary(series), table: ({series}) => lineTable(series),
  }, title, ...tools);
}

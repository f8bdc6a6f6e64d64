import * as l10n from '@vscode/l10n';
import {BandChart} from '../charts/bandChart';
import type {BandChartData, HistogramBarsData, HistogramHeatData, LineChartData} from '../charts/chartData';
import {HistogramBars} from '../charts/histogramBars';
import {HistogramHeat} from '../charts/histogramHeat';
import {histogramRows} from '../charts/histogramRows';
import {LineChart} from '../charts/lineChart';
import {chartSettings} from './chartSettings';
import type {Commands} from './commands';
import {element, setChildren} from './dom';
import {Figure, stepEvents} from './figure';
import {marksOf, switchMarks} from './figures/heatFigure';
import {barCharts, histogramsOf} from './figures/histogramFigure';
import {chartRange} from './figures/stepAxis';
import {bandSummary, barSummary, histogramSummary, lineSummary} from './figures/summaries';
import {bandTable, barTable, histogramTable, lineTable} from './figures/tables';
import {bandData, countData, trackNormData} from './figures/trackFigure';
import {directionData, updateNotes, updateSizeData} from './figures/updateFigure';
import {ParameterChoice} from './parameterChoice';
import type {PanelData} from './runData';
import {selectedParameter, shownRuns, type PanelState} from './state';

/** Everything about the selected parameter. */
export class DetailSection {
  private readonly choice: ParameterChoice;
  private readonly norm: Figure<LineChartData>;
  private readonly band: Figure<BandChartData>;
  private readonly counts: Figure<LineChartData>;
  private readonly updates: Figure<LineChartData>;
  private readonly direction: Figure<LineChartData>;
  private readonly updatePlace = element('div', {class: 'update-figures'});
  private readonly histograms: [Figure<HistogramHeatData>, Figure<HistogramHeatData>];
  private readonly bars: [Figure<HistogramBarsData>, Figure<HistogramBarsData>];
  private readonly histogramPlace = element('div', {class: 'histograms'});
  private readonly barPlace = element('div', {class: 'bars'});
  private readonly figures: Figure<never>[];
  private samples = '';
  /** Parameter whose numbers are drawn. */
  private parameter: string | null = null;
  readonly element: HTMLElement;

  constructor(commands: Commands) {
    this.choice = new ParameterChoice(commands);
    const events = (): ReturnType<typeof chartSettings> => chartSettings(stepEvents(commands));
    this.band = new Figure({name: 'band', make: (place) => new BandChart(place, events()), summary: ({series}) => bandSummary(series), table: ({series}) => bandTable(series)}, l10n.t('Elements: mean ± std within min and max'));
    const lines = (name: string, title: string): Figure<LineChartData> => new Figure({name, make: (place) => new LineChart(place, events()), summary: ({series}) => lineSummary(series), table: ({series}) => lineTable(series)}, title);
    this.norm = lines('track-norm', l10n.t('Norm before and after SING'));
    this.counts = lines('counts', l10n.t('Zeros and non-finite elements'));
    this.updates = lines('updates', l10n.t('Size of the update'));
    this.direction = lines('direction', l10n.t('Direction of the gradient'));
    const heat = (): Figure<HistogramHeatData> => new Figure({name: 'histogram-heat', make: (place) => new HistogramHeat(place, events()), summary: histogramSummary, table: histogramTable}, l10n.t('Histogram over time'));
    const bars = (): Figure<HistogramBarsData> => new Figure({name: 'histogram-bars', make: (place) => new HistogramBars(place, chartSettings()), summary: ({series}) => barSummary(series), table: ({series}) => barTable(series)}, l10n.t('Histogram'));
    this.histograms = [heat(), heat()];
    this.bars = [bars(), bars()];
    this.figures = [this.norm, this.band, this.counts, this.updates, this.direction, ...this.histograms, ...this.bars] as unknown as Figure<never>[];
    this.element = element('section', {class: 'detail', 'aria-label': l10n.t('Selected parameter')}, this.choice.element, this.norm.element, this.band.element, this.counts.element, this.updatePlace, this.histogramPlace, this.barPlace);
  }

  update(state: PanelState, data: PanelData): void {
    this.parameter = selectedParameter(state);
    this.norm.update(trackNormData(state, data));
    this.band.update(bandData(state, data));
    this.counts.update(countData(state, data));
    this.updateUpdates(state, data);
    this.updateHistograms(state, data);
    this.link(state, data);
  }

  /** Follows cursor, zoom and the pinned step. */
  link(state: PanelState, data: PanelData): void {
    this.choice.update(state);
    const runs = shownRuns(state);
    const parameter = selectedParameter(state);
    const marks = runs.flatMap((run) => marksOf({...run, findings: run.findings.filter((finding) => finding.parameter === parameter)}, false));
    const switches = runs.flatMap(switchMarks);
    this.norm.link(state, marks);
    for (const figure of [this.band, this.counts, this.updates, this.direction, ...this.histograms]) figure.link(state, switches);
    if (parameter !== this.parameter) return;
    const notes = updateNotes(state, data);
    this.updates.retitle(l10n.t('Size of the update'), notes.size);
    this.direction.retitle(l10n.t('Direction of the gradient'), notes.direction);
    this.updateBars(state, data);
  }

  retheme(): void {
    for (const figure of this.figures) figure.retheme();
  }

  /** Of a run that sampled no updates there is nothing to show. */
  private updateUpdates(state: PanelState, data: PanelData): void {
    const drawn = ([[this.updates, updateSizeData(state, data)], [this.direction, directionData(state, data)]] as const).filter(([, {series}]) => series.length > 0);
    for (const [figure, lines] of drawn) figure.update(lines);
    setChildren(this.updatePlace, drawn.map(([figure]) => figure.element));
  }

  private updateHistograms(state: PanelState, data: PanelData): void {
    const runs = shownRuns(state);
    const drawn = runs.flatMap((run, i) => {
      const histograms = histogramsOf(state, data, run.id);
      const figure = this.histograms[i];
      if (!histograms || !figure) return [];
      figure.retitle(l10n.t('Histogram over time'), runs.length > 1 ? run.label : '');
      figure.update({...histogramRows(histograms, !state.logarithmic), range: chartRange(state)});
      return [figure.element];
    });
    setChildren(this.histogramPlace, drawn);
  }

  private updateBars(state: PanelState, data: PanelData): void {
    const charts = barCharts(state, data);
    // The nearest sample is the same for most places of the cursor.
    const key = JSON.stringify([selectedParameter(state), state.logarithmic, charts.map(({run, series}) => [run, series.map(({label, counts}) => [label, counts.length])])]);
    if (key === this.samples) return;
    this.samples = key;
    setChildren(this.barPlace, charts.flatMap(({run, series}, i) => {
      const figure = this.bars[i];
      if (!figure) return [];
      figure.retitle(l10n.t('Histogram: {0}', series.map(({label}) => label).join(' | ')), run);
      figure.update({series, layout: state.pinned === null ? 'overlaid' : 'sideBySide', linear: !state.logarithmic, logarithmicCounts: state.logarithmic});
      return [figure.element];
    }));
  }
}

import * as l10n from '@vscode/l10n';
import type {ChartMark, LinkedChart} from '../charts/linkedChart';
import {TableFold, type DataTable} from './dataTable';
import {element, setAttribute, setText} from './dom';
import {chartSettings} from './chartSettings';
import type {Commands} from './commands';
import {cursorStep, type PanelState} from './state';

/** Labels for screen readers are renewed at most so often, in milliseconds. */
const LABEL_EVERY = 1000;

export interface FigureParts<Data> {
  /** Short name, for tests and styles. */
  name: string;
  make: (place: HTMLElement) => LinkedChart<Data>;
  /** What the chart shows, in words. */
  summary: (data: Data) => string;
  table: (data: Data) => DataTable;
}

/** A chart with its title, a summary for screen readers and the numbers behind it. */
export class Figure<Data> {
  private readonly title = element('h3');
  private readonly note = element('span', {class: 'figure-note'});
  private readonly place: HTMLElement;
  private readonly chart: LinkedChart<Data>;
  private readonly fold: TableFold;
  private data: Data | null = null;
  private labelledAt = -Infinity;
  private marks = '';
  private window: PanelState['window'] = null;
  readonly element: HTMLElement;

  constructor(private readonly parts: FigureParts<Data>, title: string, ...tools: HTMLElement[]) {
    this.place = element('div', {class: 'canvas'});
    this.fold = new TableFold(title, () => (this.data === null ? {columns: [], rows: []} : parts.table(this.data)));
    this.element = element('figure', {class: `figure ${parts.name}`, 'data-figure': parts.name}, element('figcaption', {}, this.title, this.note, ...tools), this.place, this.fold.element);
    this.chart = parts.make(this.place);
    setText(this.title, title);
    setAttribute(this.chart.canvas, 'role', 'img');
  }

  get canvas(): HTMLCanvasElement {
    return this.chart.canvas;
  }

  retitle(title: string, note = ''): void {
    setText(this.title, title);
    setText(this.note, note);
  }

  /** Draws new numbers; the label follows at leisure. */
  update(data: Data): void {
    this.data = data;
    this.chart.update(data);
    const now = performance.now();
    if (now - this.labelledAt < LABEL_EVERY) return;
    this.labelledAt = now;
    setAttribute(this.chart.canvas, 'aria-label', `${this.title.textContent}. ${this.parts.summary(data)}`);
  }

  /** Follows cursor and zoom. */
  link(state: PanelState, marks: readonly ChartMark[]): void {
    const all = state.pinned === null ? marks : [...marks, {step: state.pinned, kind: 'pin' as const, text: l10n.t('pinned'), row: null}];
    const key = JSON.stringify(all);
    if (key !== this.marks) {
      this.marks = key;
      this.chart.setMarks(all);
    }
    if (state.window !== this.window) {
      this.window = state.window;
      this.chart.setWindow(state.window);
    }
    this.chart.setCursor(cursorStep(state));
  }

  retheme(): void {
    this.chart.setTheme(chartSettings().theme);
  }

  destroy(): void {
    this.chart.destroy();
    this.element.remove();
  }
}

/** What pointing at a chart without rows does. */
export function stepEvents(commands: Commands): {onCursor(step: number | null): void; onZoom(range: {from: number; to: number} | null): void; onChoose(row: number | null, step: number | null): void} {
  return {
    onCursor: (step) => { commands.point(step); },
    onZoom: (range) => { commands.zoomTo(range); },
    onChoose: (_row, step) => { commands.choose(step); },
  };
}

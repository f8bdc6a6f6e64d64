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

/** What of a chart is drawn apart from the rest. */
type Drawing = 'data' | 'marks' | 'window' | 'cursor' | 'theme';

/** A chart with its title, a summary for screen readers and the numbers behind it. Off the screen it is not drawn again before it comes there, or is read. */
export class Figure<Data> {
  private readonly title = element('h3');
  private readonly note = element('span', {class: 'figure-note'});
  private readonly place: HTMLElement;
  private readonly chart: LinkedChart<Data>;
  private readonly fold: TableFold;
  private data: Data | null = null;
  private labelledAt = -Infinity;
  private labelTimer: ReturnType<typeof setTimeout> | null = null;
  private marks = '';
  private window: PanelState['window'] = null;
  private isOnScreen = true;
  /** What is to be drawn yet, the last of each kind. */
  private readonly owed = new Map<Drawing, () => void>();
  private readonly observer: IntersectionObserver;
  readonly element: HTMLElement;

  constructor(private readonly parts: FigureParts<Data>, title: string, ...tools: HTMLElement[]) {
    this.place = element('div', {class: 'canvas'});
    this.fold = new TableFold(title, () => (this.data === null ? {columns: [], rows: []} : parts.table(this.data)));
    this.element = element('figure', {class: `figure ${parts.name}`, 'data-figure': parts.name}, element('figcaption', {}, this.title, this.note, ...tools), this.place, this.fold.element);
    this.chart = parts.make(this.place);
    setText(this.title, title);
    setAttribute(this.chart.canvas, 'role', 'img');
    const {canvas} = this.chart;
    const {drawn} = canvas;
    canvas.drawn = () => {
      this.catchUp();
      return drawn();
    };
    this.observer = new IntersectionObserver((entries) => {
      this.isOnScreen = entries.at(-1)?.isIntersecting ?? true;
      if (this.isOnScreen) this.catchUp();
    });
    this.observer.observe(this.place);
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
    this.draw('data', () => { this.chart.update(data); });
    this.data = data;
    if (this.labelTimer !== null) return;
    const wait = this.labelledAt + LABEL_EVERY - performance.now();
    if (wait <= 0) this.label();
    else this.labelTimer = setTimeout(() => { this.label(); }, wait);
  }

  /** Follows cursor and zoom. */
  link(state: PanelState, marks: readonly ChartMark[]): void {
    const all = state.pinned === null ? marks : [...marks, {step: state.pinned, kind: 'pin' as const, text: l10n.t('pinned'), row: null}];
    const key = JSON.stringify(all);
    if (key !== this.marks) {
      this.marks = key;
      this.draw('marks', () => { this.chart.setMarks(all); });
    }
    if (state.window !== this.window) {
      this.window = state.window;
      this.draw('window', () => { this.chart.setWindow(state.window); });
    }
    const cursor = cursorStep(state);
    this.draw('cursor', () => { this.chart.setCursor(cursor); });
  }

  retheme(): void {
    this.draw('theme', () => { this.chart.setTheme(chartSettings().theme); });
  }

  destroy(): void {
    this.observer.disconnect();
    if (this.labelTimer !== null) clearTimeout(this.labelTimer);
    this.chart.destroy();
    this.element.remove();
  }

  private label(): void {
    this.labelTimer = null;
    if (this.data === null) return;
    this.labelledAt = performance.now();
    setAttribute(this.chart.canvas, 'aria-label', `${this.title.textContent}. ${this.parts.summary(this.data)}`);
  }

  private draw(kind: Drawing, draw: () => void): void {
    // The first picture is drawn at once, so that it's not an empty place that is scrolled to.
    if (this.isOnScreen || this.data === null) draw();
    else this.owed.set(kind, draw);
  }

  private catchUp(): void {
    const owed = [...this.owed.values()];
    this.owed.clear();
    for (const draw of owed) draw();
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

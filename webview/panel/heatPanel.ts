import type {PanelRun} from '../../src/protocol/panel';
import type {HeatScale, HeatStripData} from '../charts/chartData';
import {HeatStrip} from '../charts/heatStrip';
import {logTickText} from '../charts/chartNumber';
import {readTheme} from '../theme/vscodeTheme';
import {chartSettings} from './chartSettings';
import type {Commands} from './commands';
import {element, setText} from './dom';
import {Figure, stepEvents} from './figure';
import {marksOf} from './figures/heatFigure';
import {heatSummary} from './figures/summaries';
import {heatTable} from './figures/tables';
import {selectedParameter, type PanelState} from './state';

/** One heat strip; its rows are parameters. */
export class HeatFigure {
  readonly figure: Figure<HeatStripData>;
  private readonly key = new ScaleKey();
  private strip: HeatStrip | null = null;
  private rows: HeatStripData['rows'] = [];
  private hovered: number | null = null;

  constructor(commands: Commands, ...tools: HTMLElement[]) {
    const nameOf = (row: number | null): string | null => (row === null ? null : (this.rows[row]?.label ?? null));
    const events = {
      ...stepEvents(commands),
      onChoose: (row: number | null, step: number | null): void => {
        const name = nameOf(row);
        if (name !== null) commands.select(name);
        commands.choose(step);
      },
      onHoverRow: (row: number | null): void => {
        this.hovered = row;
        commands.hover(nameOf(row));
      },
    };
    this.figure = new Figure({name: 'heat', make: (place) => this.strip = new HeatStrip(place, chartSettings(events)), summary: heatSummary, table: heatTable}, '', this.key.element, ...tools);
    // On a plain chart a double click shows all steps again; here it opens the line of the row.
    this.figure.element.querySelector('.canvas')?.addEventListener('dblclick', (event) => {
      const name = nameOf(this.hovered);
      if (name === null) return;
      event.stopPropagation();
      commands.reveal(name);
    }, true);
  }

  get element(): HTMLElement {
    return this.figure.element;
  }

  update(strip: HeatStripData, title: string): void {
    this.rows = strip.rows;
    this.figure.retitle(title);
    this.key.update(strip.scale);
    this.figure.update(strip);
  }

  link(state: PanelState, run: PanelRun): void {
    const rowOf = (name: string | null | undefined): number | null => {
      const at = this.rows.findIndex(({label}) => label === name);
      return at < 0 ? null : at;
    };
    this.strip?.setSelected(rowOf(selectedParameter(state)));
    this.strip?.setHighlighted(state.highlighted.flatMap((name) => rowOf(name) ?? []));
    this.figure.link(state, marksOf(run, true).map((mark) => ({...mark, row: mark.row === null ? null : rowOf(run.parameters[mark.row]?.name)})));
  }
}

/** What the colours of a strip mean. */
class ScaleKey {
  private readonly low = element('span');
  private readonly high = element('span');
  private readonly bar = element('span', {class: 'scale-bar'});
  readonly element = element('span', {class: 'scale', 'aria-hidden': 'true'}, this.low, this.bar, this.high);

  update(scale: HeatScale): void {
    const theme = readTheme();
    const [low, high] = scale.kind === 'log' ? [logTickText(10 ** Math.round(scale.low)), logTickText(10 ** Math.round(scale.high))] : [`÷ ${powerText(scale.most)}`, `× ${powerText(scale.most)}`];
    setText(this.low, low);
    setText(this.high, high);
    const colors = scale.kind === 'log' ? theme.ramp : [scale.below, theme.paper, scale.above];
    const image = `linear-gradient(to right, ${colors.join(', ')})`;
    if (this.bar.style.backgroundImage !== image) this.bar.style.backgroundImage = image;
  }
}

function powerText(ratio: number): string {
  return ratio < 1000 ? String(Math.round(ratio)) : logTickText(10 ** Math.round(Math.log10(ratio)));
}

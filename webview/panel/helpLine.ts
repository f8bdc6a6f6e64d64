import * as l10n from '@vscode/l10n';
import {element} from './dom';

/** The keys, folded to one line until `?` is pressed. */
export class HelpLine {
  private readonly details = element('details', {class: 'help'});
  readonly element = this.details;

  constructor() {
    const keys: [string[], string][] = [
      [['←', '→'], l10n.t('move the cursor; with Shift ten times as far')],
      [['Home', 'End'], l10n.t('first and last step')],
      [['↑', '↓'], l10n.t('select a parameter')],
      [['N', 'Shift+N'], l10n.t('next and previous finding')],
      [['Enter'], l10n.t('open the line of the selected parameter')],
      [['+', '−', '0'], l10n.t('zoom in, out, show all')],
      [['P'], l10n.t('pin the step, to hold another against it')],
      [['L'], l10n.t('logarithmic or linear values')],
      [['S'], l10n.t('switch SING on or off')],
      [['R'], l10n.t('two runs: heat strips or their ratio')],
      [['Esc'], l10n.t('back: cursor, pin, zoom')],
    ];
    this.details.append(
      element('summary', {}, l10n.t('Keys'), ' ', element('kbd', {}, '?')),
      element('dl', {}, ...keys.map(([names, text]) => element('div', {}, element('dt', {}, ...names.map((name) => element('kbd', {}, name))), element('dd', {}, text)))),
      element('p', {}, l10n.t('Drag over a chart to zoom, Shift+click to pin, double-click a layer to open its line.')),
    );
  }

  toggle(): void {
    this.details.open = !this.details.open;
    if (this.details.open) this.details.scrollIntoView({block: 'nearest'});
  }
}

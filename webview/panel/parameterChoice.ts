import * as l10n from '@vscode/l10n';
import type {PanelParameter} from '../../src/protocol/panel';
import type {Commands} from './commands';
import {element, setChildren, setText} from './dom';
import {icon} from './icons';
import {selectedParameter, shownParameters, type PanelState} from './state';
import {count} from './words';

/** Name, shape and line of the selected parameter, and the choice of another. */
export class ParameterChoice {
  private readonly select = element('select', {'aria-label': l10n.t('Parameter')});
  private readonly about = element('span', {class: 'parameter-about'});
  private readonly lineText = element('span');
  private readonly line = element('button', {type: 'button', class: 'button small', title: l10n.t('Open the line that made this layer')}, icon('line'), this.lineText);
  private readonly scale = element('button', {type: 'button', class: 'button small', title: l10n.t('Logarithmic or linear values')}, '');
  readonly element = element('div', {class: 'parameter-choice'}, element('h2', {}, this.select), this.about, this.line, this.scale);
  private listed = '';

  constructor(commands: Commands) {
    this.select.addEventListener('change', () => { commands.select(this.select.value); });
    this.line.addEventListener('click', () => { commands.reveal(); });
    for (const [type, on] of [['mouseenter', true], ['mouseleave', false], ['focusin', true], ['focusout', false]] as const) {
      this.element.addEventListener(type, () => { commands.hover(on ? this.select.value : null); });
    }
    this.scale.addEventListener('click', () => { commands.toggleScale(); });
  }

  update(state: PanelState): void {
    const parameters = shownParameters(state);
    const selected = parameters.find(({name}) => name === selectedParameter(state));
    const key = JSON.stringify(parameters.map(({name}) => name));
    if (key !== this.listed) {
      this.listed = key;
      setChildren(this.select, parameters.map(({name}) => element('option', {value: name}, name)));
    }
    if (!selected) return;
    if (this.select.value !== selected.name) this.select.value = selected.name;
    setText(this.about, aboutText(selected));
    this.line.hidden = selected.site === null;
    if (selected.site) setText(this.lineText, l10n.t('Line {0}', count(selected.site.line)));
    setText(this.scale, state.logarithmic ? l10n.t('Logarithmic') : l10n.t('Linear'));
    this.element.classList.toggle('highlighted', state.highlighted.includes(selected.name));
  }
}

function aboutText({layerClass, shape, kind}: PanelParameter): string {
  return [layerClass, shape.join(' × '), kind].filter((part) => part !== null && part !== '').join(' · ');
}

import * as l10n from '@vscode/l10n';
import type {PanelRun} from '../../src/protocol/panel';
import {armSwatch} from './armStyle';
import type {Commands} from './commands';
import {element, setChildren, setText} from './dom';
import {verdictText} from './engineWords';
import {shownRuns, type PanelState} from './state';

/** A trial's verdict, and the choice of the two runs that are held against each other. */
export class RunChoice {
  private readonly verdict = element('p', {class: 'verdict', role: 'status'});
  private readonly selects = [0, 1].map((place) => {
    const select = element('select', {'aria-label': place === 0 ? l10n.t('First run') : l10n.t('Second run')});
    select.addEventListener('change', () => { this.choose(); });
    return select;
  });
  private readonly swatches = [element('span', {class: 'swatch-place'}), element('span', {class: 'swatch-place'})];
  private readonly choices = element('div', {class: 'choices'});
  readonly element = element('div', {class: 'comparison'}, this.verdict, this.choices);
  private listed = '';

  constructor(private readonly commands: Commands) {
    this.choices.append(...this.selects.flatMap((select, i) => [
      ...(i === 0 ? [] : [element('span', {class: 'against'}, l10n.t('against'))]),
      element('span', {class: 'choice'}, this.swatches[i] ?? null, select),
    ]));
  }

  update(state: PanelState): void {
    const shown = shownRuns(state);
    this.element.hidden = state.subject?.kind === 'run';
    setText(this.verdict, state.trial === null ? '' : verdictText(state.trial, state.runs));
    this.verdict.hidden = !state.trial?.verdict;
    // Of two runs there is nothing to choose.
    this.choices.hidden = state.runs.length < 3;
    this.list(state.runs);
    shown.forEach((run, i) => {
      const select = this.selects[i];
      if (select && select.value !== run.id) select.value = run.id;
      const swatch = this.swatches[i];
      const key = `${run.arm ?? ''} ${i}`;
      if (swatch && swatch.dataset.key !== key) {
        swatch.dataset.key = key;
        swatch.replaceChildren(armSwatch(run.arm, i));
      }
    });
  }

  private list(runs: readonly PanelRun[]): void {
    const key = JSON.stringify(runs.map(({id, label}) => [id, label]));
    if (key === this.listed) return;
    this.listed = key;
    for (const select of this.selects) setChildren(select, runs.map(({id, label}) => element('option', {value: id}, label)));
  }

  private choose(): void {
    this.commands.show(this.selects.map(({value}) => value));
  }
}

import * as l10n from '@vscode/l10n';
import type {PanelAction, PanelRun} from '../../src/protocol/panel';
import type {Commands} from './commands';
import {element, setChildren, setText} from './dom';
import {shownRuns, type PanelState} from './state';

interface Emptiness {
  title: string;
  text: string;
  actions: PanelAction[];
}

/** What stands where there is nothing to draw: why, and what to do next. */
export class EmptyState {
  private readonly title = element('h2');
  private readonly text = element('p');
  private readonly buttons = element('div', {class: 'actions'});
  readonly element = element('section', {class: 'empty', hidden: true}, this.title, this.text, this.buttons);
  private drawn = '';

  constructor(private readonly commands: Commands) {}

  /** @returns whether there is nothing to draw */
  update(state: PanelState): boolean {
    const empty = emptinessOf(state);
    this.element.hidden = empty === null;
    if (empty === null) return false;
    setText(this.title, empty.title);
    setText(this.text, empty.text);
    const key = empty.actions.join(' ');
    if (key !== this.drawn) {
      this.drawn = key;
      setChildren(this.buttons, empty.actions.map((action, i) => {
        const button = element('button', {type: 'button', class: i === 0 ? 'button primary' : 'button'}, actionWord(action));
        button.addEventListener('click', () => { this.commands.act(action); });
        return button;
      }));
    }
    return true;
  }
}

function actionWord(action: PanelAction): string {
  if (action === 'openLog') return l10n.t('Show the output');
  return action === 'rerun' ? l10n.t('Run it again') : l10n.t('Choose another run');
}

function emptinessOf(state: PanelState): Emptiness | null {
  const runs = shownRuns(state);
  if (runs.length === 0) {
    if (state.trial?.state === 'running') return {title: l10n.t('The first run is starting'), text: l10n.t('Its curves appear here with its first step.'), actions: []};
    if (state.problem === null) return {title: l10n.t('The run is starting'), text: l10n.t('Its curves appear here with its first step.'), actions: []};
    return {title: l10n.t('This run is gone'), text: l10n.t('Its folder was deleted or moved. Choose another run, or run the script again.'), actions: ['chooseRun']};
  }
  if (runs.some(({steps}) => steps > 0)) return null;
  const [run] = runs;
  return run === undefined ? null : emptinessOfRun(run);
}

function emptinessOfRun({status, parameters, error}: PanelRun): Emptiness {
  if (status === 'running') {
    return parameters.length === 0
      ? {title: l10n.t('No step yet'), text: l10n.t('The script is starting or loading its data. Its layers appear here when it builds the model, its curves with the first step.'), actions: ['openLog']}
      : {title: l10n.t('No step yet'), text: l10n.t('The model is built ({0} parameters); the script is loading its data or working on the first batch.', parameters.length), actions: ['openLog']};
  }
  if (status === 'failed' || status === 'crashed') {
    return {title: l10n.t('The script ended before its first step'), text: error ?? l10n.t('Its output says why.'), actions: ['openLog', 'rerun']};
  }
  return {
    title: l10n.t('The script trained nothing'),
    text: l10n.t('No optimizer of TensorFlow.js applied a gradient in it. See that it reaches fit, trainOnBatch, minimize or applyGradients.'), actions: ['openLog', 'rerun'],
  };
}

import * as l10n from '@vscode/l10n';
import type {PanelAction, PanelRun} from '../../src/protocol/panel';
import type {Commands} from './commands';
import {element, setChildren} from './dom';
import {icon, type IconName} from './icons';
import {shownRuns, type PanelState} from './state';

interface Button {
  action: PanelAction;
  name: IconName;
  word: string;
  title: string;
}

/** What can be done with what is shown, as buttons. */
export class ActionBar {
  private readonly buttons = new Map<PanelAction, HTMLButtonElement>();
  readonly element = element('div', {class: 'actions', role: 'toolbar', 'aria-label': l10n.t('Actions')});

  constructor(private readonly commands: Commands) {
    for (const button of buttonList()) this.buttons.set(button.action, this.make(button));
  }

  update(state: PanelState): void {
    const wanted = state.trial ? ofTrial(state) : ofRuns(shownRuns(state));
    const made = wanted.flatMap((action) => this.buttons.get(action) ?? []);
    made.forEach((button, i) => { button.classList.toggle('primary', i === 0); });
    setChildren(this.element, made);
  }

  private make({action, name, word, title}: Button): HTMLButtonElement {
    const made = element('button', {type: 'button', class: 'button', title, 'data-action': action}, icon(name), element('span', {class: 'action-word'}, word));
    made.addEventListener('click', () => { this.commands.act(action); });
    return made;
  }
}

function ofTrial({trial}: PanelState): PanelAction[] {
  const report: PanelAction[] = trial?.hasReport === true ? ['openReport'] : [];
  return trial?.state === 'running' ? ['stop', ...report, 'openLog', 'chooseRun'] : [...report, 'rerun', 'openLog', 'chooseRun'];
}

function ofRuns([run]: readonly PanelRun[]): PanelAction[] {
  if (!run) return ['chooseRun'];
  if (run.status === 'running') return ['stop', 'compare', 'openReport', 'openLog', 'chooseRun'];
  return ['rerun', 'runWithSing', 'compare', 'openReport', 'openLog', 'chooseRun'];
}

function buttonList(): Button[] {
  return [
    {action: 'run', name: 'play', word: l10n.t('Run'), title: l10n.t('Run the script under observation')},
    {action: 'rerun', name: 'rerun', word: l10n.t('Rerun'), title: l10n.t('Run the same script with the same options again')},
    {action: 'runWithSing', name: 'playSing', word: l10n.t('Run with SING'), title: l10n.t('Run the script with SING before its optimizer')},
    {action: 'compare', name: 'compare', word: l10n.t('Compare with SING'), title: l10n.t('Train with SING off and on, from the same seeds, and compare')},
    {action: 'stop', name: 'stop', word: l10n.t('Stop'), title: l10n.t('Stop the training; what was recorded is kept')},
    {action: 'openReport', name: 'report', word: l10n.t('Report'), title: l10n.t('Open the report, a page to keep and to send')},
    {action: 'openLog', name: 'output', word: l10n.t('Output'), title: l10n.t('Open what the script printed')},
    {action: 'chooseRun', name: 'choose', word: l10n.t('Other run…'), title: l10n.t('Show another run')},
  ];
}

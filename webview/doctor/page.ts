import * as l10n from '@vscode/l10n';
import type {DoctorEntry, DoctorHostMessage, DoctorPageMessage, DoctorPageReport, DoctorProblem} from '../../src/protocol/doctorPage';
import {Announcer} from '../a11y/announcer';
import {element, setText} from '../panel/dom';
import {icon, type IconName} from '../panel/icons';

const marks = {good: 'finished', bad: 'warning', plain: null} as const satisfies Record<DoctorEntry['state'], IconName | null>;

/** Problems first, each with its mend; below them what was found. */
export class Page {
  private readonly announcer = new Announcer(document.body);
  private readonly refresh = button('rerun', l10n.t('Check Again'), () => { this.post({type: 'refresh'}); });
  private readonly copy = button('copy', l10n.t('Copy as Text'), () => { this.post({type: 'copy'}); });
  private readonly folder = element('p', {class: 'folder'});
  private readonly status = element('p', {class: 'status'});
  private readonly body = element('main');

  constructor(private readonly post: (message: DoctorPageMessage) => void) {
    document.title = l10n.t('SINGscope Setup');
    const title = element('h1', {}, l10n.t('What there is to train with'));
    document.body.append(element('header', {}, title, element('div', {class: 'actions'}, this.refresh, this.copy), this.folder, this.status), this.body);
    this.look();
  }

  receive(message: Exclude<DoctorHostMessage, {type: 'start'}>): void {
    switch (message.type) {
      case 'looking': this.look(); break;
      case 'report': this.show(message.report); break;
      case 'copied': this.say(l10n.t('Copied.')); break;
      case 'failed':
        this.body.removeAttribute('aria-busy');
        this.say(message.message);
    }
  }

  /** What was found before stays, greyed, until there is something newer. */
  private look(): void {
    this.body.setAttribute('aria-busy', 'true');
    this.copy.disabled = true;
    this.say(l10n.t('Looking at Node, TensorFlow.js, compiler and GPU …'));
  }

  private show({folder, facts, problems}: DoctorPageReport): void {
    this.body.removeAttribute('aria-busy');
    this.copy.disabled = false;
    setText(this.folder, folder);
    this.say(problems.length === 0 ? l10n.t('Nothing is wrong.') : problems.length === 1 ? l10n.t('1 thing is wrong.') : l10n.t('{0} things are wrong.', problems.length));
    const list = element('dl', {class: 'facts'}, ...facts.flatMap(({name, entries}) => [element('dt', {}, name), ...entries.map(factEntry)]));
    this.body.replaceChildren(
      ...(problems.length === 0 ? [] : [element('section', {}, element('h2', {}, l10n.t('What is wrong')), element('ul', {class: 'problems'}, ...problems.map((problem) => this.problem(problem))))]),
      element('section', {}, element('h2', {}, l10n.t('What was found')), list),
    );
  }

  private problem({problem, mend, button: offered}: DoctorProblem): HTMLLIElement {
    const text = element('div', {}, element('p', {class: 'what'}, problem), element('p', {class: 'mend'}, mend));
    const press = offered && element('button', {type: 'button', class: 'button primary'}, offered.label);
    press?.addEventListener('click', () => { if (offered) this.post({type: 'mend', action: offered.action}); });
    return element('li', {}, icon('warning'), text, press);
  }

  private say(text: string): void {
    setText(this.status, text);
    this.announcer.say(text);
  }
}

function factEntry({text, state}: DoctorEntry): HTMLElement {
  const mark = marks[state];
  return element('dd', {class: state}, mark && icon(mark), element('span', {}, text));
}

function button(name: IconName, label: string, press: () => void): HTMLButtonElement {
  const made = element('button', {type: 'button', class: 'button'}, icon(name), label);
  made.addEventListener('click', press);
  return made;
}

import * as l10n from '@vscode/l10n';
import type {Announcer} from '../a11y/announcer';
import type {Commands} from './commands';
import {armSwatch} from './armStyle';
import {element, setAttribute, setChildren, setText} from './dom';
import {findingText, ruleText} from './findingText';
import {icon, type IconName} from './icons';
import {findingKey, shownFindings, shownRuns, type PanelState, type ShownFinding} from './state';
import {count} from './words';

/** Findings of the shown runs, the worst first. */
export class FindingSection {
  private readonly list = element('ol', {class: 'findings'});
  private readonly none = element('p', {class: 'none'});
  private readonly heading = element('h2');
  private readonly rows = new Map<string, FindingRow>();
  private known: Set<string> | null = null;
  readonly element = element('section', {class: 'finding-section', 'aria-label': l10n.t('Findings')}, this.heading, this.list, this.none);

  constructor(private readonly commands: Commands, private readonly announcer: Announcer) {}

  update(state: PanelState): void {
    const findings = shownFindings(state);
    const runs = shownRuns(state);
    const keys = findings.map(findingKey);
    for (const key of [...this.rows.keys()]) if (!keys.includes(key)) this.rows.delete(key);
    setText(this.heading, findings.length === 0 ? l10n.t('Findings') : l10n.t('Findings ({0})', findings.length));
    setChildren(this.list, findings.map((shown, i) => {
      const key = keys[i] ?? '';
      let row = this.rows.get(key);
      if (!row) this.rows.set(key, row = new FindingRow(shown, runs.length > 1 ? runs.indexOf(shown.run) : null, state.trial === null, this.commands));
      row.update(state, shown);
      return row.element;
    }));
    this.list.hidden = findings.length === 0;
    this.none.hidden = findings.length > 0;
    setText(this.none, noneText(state));
    this.announce(findings, keys);
  }

  /** Says findings that came while the page was open; those of the first look are read, not said. */
  private announce(findings: readonly ShownFinding[], keys: readonly string[]): void {
    const fresh = this.known === null ? [] : findings.filter((_, i) => !this.known?.has(keys[i] ?? ''));
    this.known = new Set(keys);
    if (fresh.length > 0) this.announcer.say(fresh.map(({run, finding}) => l10n.t('New finding: {0}', findingText(finding, run.parameters))).join(' '));
  }
}

function noneText(state: PanelState): string {
  const runs = shownRuns(state);
  if (runs.every(({steps}) => steps === 0)) return l10n.t('Nothing to judge yet.');
  return runs.some(({status}) => status === 'running') ? l10n.t('None so far: every step is watched.') : l10n.t('None: every step was watched.');
}

class FindingRow {
  private readonly main = element('button', {type: 'button', class: 'finding-main'});
  private readonly detail = element('p', {class: 'finding-detail', lang: 'en'});
  readonly element = element('li', {class: 'finding'});

  /** @param place of its run among several; null: the only one */
  constructor(shown: ShownFinding, place: number | null, canCompare: boolean, commands: Commands) {
    const {run, finding} = shown;
    const isError = finding.severity === 'error';
    const {parameter} = finding;
    this.element.classList.add(finding.severity);
    this.main.append(
      element('span', {class: `mark ${finding.severity}`}, icon(isError ? 'error' : 'warning'), element('span', {class: 'unseen'}, isError ? l10n.t('Error') : l10n.t('Warning'))),
      element('span', {class: 'rule'}, ruleText(finding.rule)),
      element('span', {class: 'what'}, findingText(finding, run.parameters)),
    );
    this.main.addEventListener('click', () => { commands.showFinding(shown); });
    if (place !== null) this.main.querySelector('.rule')?.prepend(armSwatch(run.arm, place), element('span', {class: 'unseen'}, `${run.label}: `));
    this.detail.textContent = finding.message;
    const tools = element('div', {class: 'tools'});
    if (parameter !== null && finding.site !== null) {
      tools.append(tool('line', l10n.t('Line {0}', count(finding.site.line)), l10n.t('Open the line that made this layer'), () => { commands.reveal(parameter); }));
    }
    tools.append(tool('copy', l10n.t('Copy'), l10n.t('Copy as text for a colleague or an AI agent'), () => { commands.act('copyFinding', run.id, finding.id); }));
    if (canCompare) tools.append(tool('compare', l10n.t('Compare'), l10n.t('Train with SING off and on, and compare'), () => { commands.act('compare', run.id, finding.id); }));
    this.element.append(this.main, tools, this.detail);
    for (const [type, on] of [['mouseenter', true], ['mouseleave', false], ['focusin', true], ['focusout', false]] as const) {
      this.element.addEventListener(type, () => { if (parameter !== null) commands.hover(on ? parameter : null); });
    }
  }

  update(state: PanelState, shown: ShownFinding): void {
    const {finding} = shown;
    const isCurrent = state.finding === findingKey(shown);
    this.element.classList.toggle('current', isCurrent);
    this.element.classList.toggle('highlighted', finding.parameter !== null && state.highlighted.includes(finding.parameter));
    setAttribute(this.main, 'aria-current', isCurrent ? 'true' : null);
    this.detail.hidden = !isCurrent;
  }
}

function tool(name: IconName, word: string, title: string, act: () => void): HTMLButtonElement {
  const made = element('button', {type: 'button', class: `button small tool-${name}`, title}, icon(name), element('span', {class: 'tool-word'}, word));
  made.addEventListener('click', act);
  return made;
}

import * as l10n from '@vscode/l10n';
import {element, setChildren} from './dom';
import {icon} from './icons';
import {shownRuns, type PanelState, type Store} from './state';

/** What the user should know that is no finding: a problem of the panel, how a run ended, notices of runs. */
export class NoticeList {
  readonly element = element('div', {class: 'notices', role: 'status'});
  private drawn = '';

  constructor(private readonly store: Store) {}

  update(state: PanelState): void {
    const runs = shownRuns(state);
    const said = [
      ...(state.problem === null ? [] : [{kind: 'problem', text: state.problem}]),
      ...runs.flatMap(({error, label}) => (error === null ? [] : [{kind: 'error', text: runs.length > 1 ? `${label}: ${error}` : l10n.t('The script ended with: {0}', error)}])),
      ...unique(runs.flatMap(({notices}) => notices.map(({message}) => message))).map((text) => ({kind: 'notice', text})),
    ];
    const key = JSON.stringify(said);
    if (key === this.drawn) return;
    this.drawn = key;
    setChildren(this.element, said.map(({kind, text}) => {
      const line = element('p', {class: `notice ${kind}`}, icon(kind === 'notice' ? 'info' : 'failed'), element('span', {}, text));
      if (kind === 'problem') {
        const close = element('button', {type: 'button', class: 'button small', 'aria-label': l10n.t('Dismiss')}, icon('close'));
        close.addEventListener('click', () => { this.store.change({problem: null}); });
        line.append(close);
      }
      return line;
    }));
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

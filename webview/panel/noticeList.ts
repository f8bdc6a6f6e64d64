import * as l10n from '@vscode/l10n';
import {element, setChildren} from './dom';
import {noticeText} from './engineWords';
import {icon} from './icons';
import {shownRuns, type PanelState, type Store} from './state';

interface Line {
  kind: 'problem' | 'error';
  text: string;
}

/** What the user should know that is no finding: a problem of the panel and how a run ended, and folded the notices of runs. */
export class NoticeList {
  readonly alertsElement = element('div', {class: 'alerts', role: 'status'});
  private readonly summary = element('summary');
  private readonly lines = element('div', {class: 'notice-lines'});
  readonly foldElement = element('details', {class: 'notices'}, this.summary, this.lines);
  private drawn = '';

  constructor(private readonly store: Store) {}

  update(state: PanelState): void {
    const runs = shownRuns(state);
    const alerts: Line[] = [
      ...(state.problem === null ? [] : [{kind: 'problem' as const, text: state.problem}]),
      ...runs.flatMap(({error, label}): Line[] => (error === null ? [] : [{kind: 'error', text: runs.length > 1 ? `${label}: ${error}` : l10n.t('The script ended with: {0}', error)}])),
    ];
    const notices = unique(runs.flatMap((run) => run.notices.map(noticeText)));
    const key = JSON.stringify([alerts, notices]);
    if (key === this.drawn) return;
    this.drawn = key;
    setChildren(this.alertsElement, alerts.map((line) => this.alert(line)));
    this.foldElement.hidden = notices.length === 0;
    setChildren(this.summary, [icon('info'), element('span', {}, notices.length === 1 ? l10n.t('1 notice') : l10n.t('{0} notices', notices.length))]);
    setChildren(this.lines, notices.map((text) => element('p', {class: 'notice'}, text)));
  }

  private alert({kind, text}: Line): HTMLElement {
    const line = element('p', {class: `notice ${kind}`}, icon('failed'), element('span', {}, text));
    if (kind === 'problem') {
      const close = element('button', {type: 'button', class: 'button small', 'aria-label': l10n.t('Dismiss')}, icon('close'));
      close.addEventListener('click', () => { this.store.change({problem: null}); });
      line.append(close);
    }
    return line;
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

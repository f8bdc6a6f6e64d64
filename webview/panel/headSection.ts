import * as l10n from '@vscode/l10n';
import type {PanelRun} from '../../src/protocol/panel';
import {armSwatch} from './armStyle';
import {element, setAttribute, setChildren, setText} from './dom';
import {icon} from './icons';
import {backendDetail, backendText, divergenceText, runStanding, singEffect, singLock, singText, trialStanding, type Standing} from './runText';
import {shownRuns, type PanelState} from './state';
import {count, duration, measure, moment, rounded} from './words';

/** Title and state of what is shown, and the facts of each shown run. */
export class HeadSection {
  private readonly title = element('h1');
  private readonly badges = element('div', {class: 'badges'});
  private readonly about = element('p', {class: 'about'});
  private readonly rows = new Map<string, RunFacts>();
  readonly nameElement = element('div', {class: 'name'}, this.badges, element('div', {class: 'title-line'}, this.title, this.about));
  readonly factsElement = element('div', {class: 'runs'});

  update(state: PanelState): void {
    const runs = shownRuns(state);
    setText(this.title, state.title);
    setAttribute(this.title, 'title', state.title);
    setText(this.about, runs.length === 1 && runs[0] ? moment(runs[0].created) : '');
    const standings = state.trial ? [trialStanding(state.trial)] : runs.length === 1 && runs[0] ? standingsOf(runs[0]) : [];
    const key = JSON.stringify(standings);
    if (this.badges.dataset.key !== key) {
      this.badges.dataset.key = key;
      this.badges.replaceChildren(...standings.map(badge));
    }
    for (const id of [...this.rows.keys()]) if (!runs.some((run) => run.id === id)) this.rows.delete(id);
    const several = runs.length > 1;
    setChildren(this.factsElement, runs.map((run, i) => {
      let row = this.rows.get(run.id);
      if (!row) this.rows.set(run.id, row = new RunFacts());
      row.update(run, several ? i : null);
      return row.element;
    }));
  }
}

function standingsOf(run: PanelRun): Standing[] {
  const diverged = divergenceText(run);
  return [runStanding(run), ...(diverged === null ? [] : [{icon: 'error', word: diverged, tone: 'bad'} as const])];
}

function badge({icon: name, word, tone}: Standing): HTMLElement {
  return element('span', {class: `badge ${tone}`}, icon(name), word);
}

/** The first are those to see at a glance: what has no room stands at the end. */
const factNames = ['step', 'speed', 'left', 'loss', 'sing', 'metrics', 'backend', 'overhead'] as const;
type FactName = (typeof factNames)[number];

/** A line of facts about one run, with its progress. */
class RunFacts {
  private readonly label = element('div', {class: 'run-label'});
  private readonly facts = new Map<FactName, HTMLElement>();
  private readonly values = new Map<FactName, HTMLElement>();
  private readonly progress = element('div', {class: 'progress', role: 'progressbar', 'aria-label': l10n.t('Progress'), 'aria-valuemin': 0, 'aria-valuemax': 100});
  private readonly bar = element('div', {class: 'bar'});
  private readonly list = element('dl', {class: 'facts'});
  readonly element = element('div', {class: 'run'}, this.label, this.list, this.progress);

  constructor() {
    this.progress.append(this.bar);
    const words: Record<FactName, string> = {
      step: l10n.t('Step'), speed: l10n.t('Speed'), left: l10n.t('Time left'), loss: l10n.t('Loss'), metrics: l10n.t('Reported'), backend: l10n.t('Backend'), overhead: l10n.t('Overhead'), sing: 'SING',
    };
    for (const name of factNames) {
      const value = element('dd');
      this.values.set(name, value);
      const fact = element('div', {class: `fact fact-${name}`}, element('dt', {}, words[name]), value);
      this.facts.set(name, fact);
      this.list.append(fact);
    }
  }

  /** @param place among several runs; null: the only one */
  update(run: PanelRun, place: number | null): void {
    this.label.hidden = place === null;
    const key = `${run.label} ${run.status} ${String(divergenceText(run))} ${String(place)}`;
    if (place !== null && this.label.dataset.key !== key) {
      this.label.dataset.key = key;
      this.label.replaceChildren(armSwatch(run.arm, place), element('strong', {}, run.label), ...standingsOf(run).map(badge));
    }
    const running = run.status === 'running';
    this.element.classList.toggle('running', running);
    this.fact('step', run.totalSteps === null ? count(run.steps) : l10n.t('{0} of {1}', count(run.steps), count(run.totalSteps)));
    this.fact('speed', run.stepsPerSecond === null ? null : l10n.t('{0} steps/s', rounded(run.stepsPerSecond, run.stepsPerSecond < 10 ? 1 : 0)));
    this.fact('left', running && run.secondsLeft !== null ? duration(run.secondsLeft) : null);
    this.fact('loss', measure(run.loss));
    const metrics = run.metrics.filter(({name}) => name !== 'loss');
    this.fact('metrics', metrics.length === 0 ? null : metrics.slice(0, 3).map(({name, value}) => `${name} ${measure(value)}`).join('  '));
    this.fact('backend', run.backend === null ? null : backendText(run.backend));
    this.fact('overhead', run.overheadPct === null ? null : l10n.t('{0} %', rounded(run.overheadPct, 1)));
    const lock = singLock(run);
    // Where it can be switched it has a line of its own.
    this.fact('sing', place === null && lock === null ? null : [singText(run.sing), place === null ? singEffect(run) : null].filter((text) => text !== null).join('. '));
    this.explain('sing', place === null ? lock : null);
    this.explain('backend', run.backend && backendDetail(run.backend, run.overheadPct));
    this.progress.hidden = !running || run.totalSteps === null;
    const share = run.totalSteps === null || run.totalSteps === 0 ? 0 : Math.min(100, (100 * run.steps) / run.totalSteps);
    setAttribute(this.progress, 'aria-valuenow', String(Math.round(share)));
    this.bar.style.width = `${share}%`;
  }

  private fact(name: FactName, text: string | null): void {
    const [fact, value] = [this.facts.get(name), this.values.get(name)];
    if (!fact || !value) return;
    fact.hidden = text === null;
    if (text === null) return;
    setText(value, text);
    // These are cut where there is no room.
    if (name === 'sing' || name === 'metrics') setAttribute(value, 'title', text);
  }

  private explain(name: FactName, text: string | null): void {
    const fact = this.facts.get(name);
    if (!fact) return;
    setAttribute(fact, 'title', text);
    // A title is only for pointers: screen readers get it as a second description.
    const said = fact.querySelector<HTMLElement>('dd.unseen') ?? element('dd', {class: 'unseen'});
    setText(said, text ?? '');
    if (text === null) said.remove();
    else if (!said.isConnected) fact.append(said);
  }
}

import * as l10n from '@vscode/l10n';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {HostMessage, NumbersMessage, PanelSubject, PanelView} from '../../protocol/panel';
import {ViewSlices} from '../../runs/window/viewSlices';
import type {RunReader} from '../../runs/runReader';
import {runDir} from '../../runs/runStore';
import {messageOf} from '../../platform/failure';
import type {FeedRequest} from './feedMessages';
import {FollowedRun} from './followedRun';
import {FollowedTrial} from './followedTrial';
import {FrameGate} from './frameGate';
import {panelRun} from './panelRun';
import {panelTitle, runNames, type NamedRun} from './runNames';

const LOOK_MS = 20;
/** Reading pauses after this long, for requests that came. */
const READ_MS = 40;
/** While a large run is being opened a frame goes out this often. */
const OPENING_MS = 500;
/** A folder that has no run.json yet is one that is being made. */
const MAKING_MS = 2_000;
/** After a failure of ours it is tried again this late. */
const RETRY_MS = 2_000;

/**
 * Follows a subject and hands out what its page is to show: the subject when it changed, and numbers
 * for the view, at most one frame under way. It reads and sends nothing while nobody looks.
 */
export class Feed {
  private readonly runs = new Map<string, FollowedRun>();
  private readonly gate = new FrameGate();
  private readonly failures = new Map<string, {message: string; since: number}>();
  private readonly trial: FollowedTrial | null = null;
  private view: {generation: number; view: PanelView} | null = null;
  private slices: ViewSlices | null = null;
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  private shown = false;
  /** What its panel shows was said once, so the panel has its title. */
  private named = false;
  /** Something came since the last frame was made. */
  private hasNews = true;
  private sentSubject = '';
  private sentAt = -Infinity;
  private said = '';

  /** @param send takes messages for the page, in order */
  constructor(private readonly subject: PanelSubject, private readonly locale: string, private readonly send: (messages: HostMessage[]) => void) {
    // Begun while the page is still being loaded.
    this.timer = setImmediate(() => this.tick());
    if (subject.kind !== 'trial') return;
    try {
      this.trial = new FollowedTrial(subject.store, subject.trial);
    } catch (error) {
      this.failures.set(subject.trial, {message: messageOf(error), since: -Infinity});
    }
  }

  take(request: FeedRequest): void {
    if (request.type === 'drawn') this.gate.drawn(request.number);
    else if (request.type === 'hide') this.hide();
    else if (request.type === 'view') this.look(request);
    else this.show();
  }

  private show(): void {
    this.shown = true;
    this.view = this.slices = null;
    this.sentSubject = '';
    this.said = '';
    this.hasNews = true;
    this.gate.reset();
    this.wake();
  }

  private hide(): void {
    this.shown = false;
    // A panel that is covered before its page is there gets its title all the same.
    if (!this.named) return;
    if (this.timer) clear(this.timer);
    this.timer = null;
  }

  private look({generation, view}: {generation: number; view: PanelView}): void {
    this.view = {generation, view};
    this.slices = new ViewSlices(generation, view);
    this.hasNews = true;
    this.wake();
  }

  private wake(): void {
    if (!this.shown) return;
    if (this.timer) clear(this.timer);
    this.timer = setImmediate(() => this.tick());
  }

  private tick(): void {
    try {
      const opening = this.readOn();
      this.timer = opening ? setImmediate(() => this.tick()) : this.shown ? setTimeout(() => this.tick(), LOOK_MS) : null;
    } catch (error) {
      this.say(l10n.t('The panel could not read on: {0}. Close and open it; if that does not help, please report it.', messageOf(error)));
      this.timer = setTimeout(() => this.tick(), RETRY_MS);
    }
  }

  /** @returns whether there is more to read at once */
  private readOn(): boolean {
    const begun = performance.now();
    if (this.trial?.look(begun) === true) this.hasNews = true;
    this.openRuns();
    for (const run of this.wanted()) run.wantLayers();
    let opening = false;
    for (const run of this.runs.values()) {
      do this.hasNews = run.read(performance.now()) || this.hasNews;
      while (!run.complete && !run.gone && performance.now() - begun < READ_MS);
      opening ||= !run.complete && !run.gone;
    }
    const due = !opening || begun - this.sentAt >= OPENING_MS;
    if (!this.shown) {
      if (!opening && this.runs.size > 0) this.send(this.subjectNews());
      return opening;
    }
    this.sayProblems(begun);
    if (due && this.hasNews && this.gate.isOpen(begun)) this.compose(begun);
    return opening;
  }

  private openRuns(): void {
    for (const id of this.ids()) {
      if (this.runs.has(id)) continue;
      try {
        this.runs.set(id, new FollowedRun(runDir(this.subject.store, id)));
        this.hasNews = true;
        this.failures.delete(id);
      } catch (error) {
        this.failures.set(id, {message: messageOf(error), since: this.failures.get(id)?.since ?? performance.now()});
      }
    }
  }

  private ids(): string[] {
    const {subject, trial} = this;
    if (subject.kind === 'trial') return trial?.runs ?? [];
    return subject.kind === 'run' ? [subject.run] : [...subject.runs];
  }

  private get ordered(): FollowedRun[] {
    return this.ids().flatMap((id) => this.runs.get(id) ?? []);
  }

  /** Runs that are drawn layer by layer, or will be as soon as the page says what it shows. */
  private wanted(): FollowedRun[] {
    if (this.view === null) return this.subject.kind === 'trial' ? [] : this.ordered;
    return this.view.view.shown.flatMap((id) => this.runs.get(id) ?? []);
  }

  private compose(now: number): void {
    this.hasNews = false;
    const numbers = this.numbers();
    const messages: HostMessage[] = [...this.subjectNews(), ...numbers];
    if (messages.length === 0) return;
    this.sentAt = now;
    if (this.view) messages.push({type: 'frame', generation: this.view.generation, number: this.gate.send(now)});
    this.send(messages);
  }

  private subjectNews(): HostMessage[] {
    const {subject} = this;
    const runs = this.ordered;
    const named = runs.map(({reader}) => namedRun(reader));
    const names = runNames(subject, named, this.locale);
    const message: HostMessage = {
      type: 'subject', subject, title: panelTitle(subject, named, names),
      runs: runs.map((run, i) => panelRun(run, names[i] ?? {label: run.reader.id, arm: null})),
      trial: this.trial?.state(this.runs) ?? null,
    };
    const text = JSON.stringify(message);
    if (text === this.sentSubject) return [];
    this.sentSubject = text;
    this.named = true;
    return [message];
  }

  private numbers(): NumbersMessage[] {
    const runs = this.ordered;
    return this.slices?.take(runs.map(({reader}) => reader), runs.reduce((most, {newest}) => Math.max(most, newest), 0)) ?? [];
  }

  /** What became of runs that can't be read, said when it changes. */
  private sayProblems(now: number): void {
    const failed = [...this.failures].filter(([id, {since}]) => now - since >= MAKING_MS || !existsSync(dirOf(this.subject, id))).map(([, {message}]) => message);
    const gone = this.ordered.filter(({gone}) => gone).map(({reader}) => l10n.t('The folder of run {0} has vanished. What was read of it is still shown; open another run, or run the script again.', reader.id));
    this.say([...failed, ...gone].join(' '));
  }

  private say(message: string): void {
    if (message === this.said) return;
    this.said = message;
    if (message !== '') this.send([{type: 'problem', message}]);
  }
}

function namedRun({launch}: RunReader): NamedRun {
  return {id: launch.id, arm: launch.arm, seed: launch.seed, script: launch.script, created: launch.created, mode: launch.sing.mode};
}

function dirOf({store}: PanelSubject, run: string): string {
  return join(store, 'runs', run);
}

function clear(timer: NodeJS.Timeout | NodeJS.Immediate): void {
  clearTimeout(timer as NodeJS.Timeout);
  clearImmediate(timer as NodeJS.Immediate);
}

import type {HostMessage, NumbersMessage} from '../../src/protocol/panel';
import {Announcer} from '../a11y/announcer';
import {watchTheme} from '../theme/vscodeTheme';
import {ActionBar} from './actionBar';
import {Commands} from './commands';
import {DetailSection} from './detailSection';
import {element} from './dom';
import {EmptyState} from './emptyState';
import {FindingSection} from './findingSection';
import {HeadSection} from './headSection';
import {HelpLine} from './helpLine';
import type {Host} from './host';
import {listenToKeys} from './keyboard';
import {NoticeList} from './noticeList';
import {OverviewSection} from './overviewSection';
import {PanelData} from './runData';
import {Readout} from './readout';
import {RunChoice} from './runChoice';
import {SingControls} from './singControls';
import {newestStep, selectedParameter, shownRuns, type PanelState, type Store} from './state';
import {ViewRequest} from './view';

/** The page: puts its parts together, and draws at most once in each frame of the screen. */
export class Page {
  private readonly data = new PanelData();
  private readonly commands: Commands;
  private readonly view: ViewRequest;
  private readonly announcer = new Announcer(document.body);
  private readonly head = new HeadSection();
  private readonly actions: ActionBar;
  private readonly choice: RunChoice;
  private readonly sing: SingControls;
  private readonly notices: NoticeList;
  private readonly empty: EmptyState;
  private readonly findings: FindingSection;
  private readonly overview: OverviewSection;
  private readonly detail: DetailSection;
  private readonly readout = new Readout();
  private readonly help = new HelpLine();
  private readonly charts = element('div', {class: 'charts'});
  private readonly parts: HTMLElement[];
  private frames: Extract<HostMessage, {type: 'frame'}>[] = [];
  private requested = false;
  /** Whether numbers, runs or settings changed since the charts were drawn, and not only the cursor. */
  private stale = true;
  private drawn: PanelState;
  /** Generation of the newest frame. */
  private arrived = 0;

  constructor(private readonly store: Store, private readonly host: Host) {
    this.drawn = store.state;
    this.commands = new Commands(store, host);
    this.view = new ViewRequest(host);
    this.actions = new ActionBar(this.commands);
    this.choice = new RunChoice(this.commands);
    this.sing = new SingControls(store, host);
    this.notices = new NoticeList(store);
    this.empty = new EmptyState(this.commands);
    this.findings = new FindingSection(this.commands, this.announcer);
    this.overview = new OverviewSection(this.commands);
    this.detail = new DetailSection(this.commands);
    this.charts.append(this.overview.element, this.detail.element);
    const main = element('main', {}, this.findings.element, this.empty.element, this.charts, this.readout.element);
    const header = element('header', {}, element('div', {class: 'top'}, this.head.nameElement, this.actions.element), this.choice.element,
      element('div', {class: 'standing'}, this.head.factsElement, this.notices.foldElement), this.sing.element, this.notices.alertsElement);
    this.parts = [header, main, element('footer', {}, this.help.element)];
    // Nothing is said before there is something to say.
    for (const part of this.parts) part.hidden = true;
    document.body.append(...this.parts);
    listenToKeys(store, this.commands, {toggleHelp: () => { this.help.toggle(); }, toggleSing: () => { this.sing.toggle(); }, stride: () => this.stride()});
    store.subscribe(() => { this.request(); });
    watchTheme(() => { this.retheme(); });
    new ResizeObserver(() => { this.request(); }).observe(this.charts);
  }

  /** Takes one message of the host. */
  receive(message: HostMessage): void {
    switch (message.type) {
      case 'start': break;
      case 'subject': this.takeSubject(message); break;
      case 'frame':
        this.frames.push(message);
        this.arrived = Math.max(this.arrived, message.generation);
        this.stale = true;
        this.request();
        break;
      case 'highlight':
        this.store.change({
          highlighted: message.parameters, ...(message.select && message.parameters[0] !== undefined ? {selected: message.parameters[0]} : {}),
          ...(message.step === undefined ? {} : {cursor: message.step, pointed: null}),
        });
        break;
      case 'problem':
        this.store.change({problem: message.message});
        this.announcer.say(message.message);
        break;
      default: this.takeNumbers(message);
    }
  }

  private takeSubject({subject, title, runs, trial}: Extract<HostMessage, {type: 'subject'}>): void {
    this.stale = true;
    this.store.change({subject, title, runs, trial});
  }

  private takeNumbers(message: NumbersMessage): void {
    if (message.generation >= this.view.generation) this.data.merge(message);
  }

  private request(): void {
    if (this.requested) return;
    this.requested = true;
    requestAnimationFrame(() => {
      this.requested = false;
      this.draw();
    });
  }

  private draw(): void {
    const begun = performance.now();
    const {state} = this.store;
    if (state.subject === null) return;
    for (const part of this.parts) part.hidden = false;
    const frames = this.frames.splice(0);
    this.drawText(state);
    if (!this.charts.hidden) this.view.resize(this.overview.width);
    this.view.ask(state);
    if (!this.charts.hidden) this.drawCharts(state);
    this.drawn = state;
    for (const {number} of frames) this.host.post({type: 'drawn', number, step: newestStep(state), drawMs: performance.now() - begun});
  }

  private drawText(state: PanelState): void {
    document.title = state.title;
    this.head.update(state);
    this.actions.update(state);
    this.choice.update(state);
    this.sing.update(state);
    this.notices.update(state);
    this.findings.update(state);
    const isEmpty = this.empty.update(state);
    if (this.charts.hidden !== isEmpty) this.stale = true;
    this.charts.hidden = isEmpty;
    this.readout.element.hidden = isEmpty;
    this.findings.element.hidden = isEmpty && shownRuns(state).every(({findings}) => findings.length === 0);
  }

  private drawCharts(state: PanelState): void {
    this.stale ||= state.runs !== this.drawn.runs || state.logarithmic !== this.drawn.logarithmic || state.ratio !== this.drawn.ratio;
    // The charts keep what they show until the numbers that were asked for are here.
    const isWaiting = this.arrived < this.view.generation;
    this.detail.element.setAttribute('aria-busy', String(isWaiting));
    if (this.stale && !isWaiting) {
      this.stale = false;
      this.data.prune(state.runs.map(({id}) => id), selectedParameter(state));
      this.overview.update(state, this.data);
      this.detail.update(state, this.data);
    } else {
      this.overview.link(state);
      this.detail.link(state, this.data);
    }
    this.readout.update(state, this.data);
  }

  private retheme(): void {
    this.overview.retheme();
    this.detail.retheme();
    this.stale = true;
    this.request();
  }

  /** Steps from one value of the curves to the next. */
  private stride(): number {
    const [run] = shownRuns(this.store.state);
    return run ? (this.data.of(run.id).norms[0]?.grid.width ?? 1) : 1;
  }
}

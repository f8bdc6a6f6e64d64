import {env, l10n, type Disposable, type Uri, type WebviewPanel} from 'vscode';
import type {CallSite} from '../protocol/callSite';
import type {HostMessage, PageMessage, PanelRun, PanelSubject} from '../protocol/panel';
import {messageOf} from '../platform/failure';
import {runDir} from '../runs/runStore';
import {askRecorder} from '../session/controlClient';
import {translations} from '../userLanguage';
import {FeedThread} from './feedThread';
import {doAction} from './panelActions';
import {pageHtml} from './pageHtml';
import {readPageMessage} from './pageMessages';

/** Where the panel should look when it opens. */
export interface PanelFocus {
  parameter?: string;
  step?: number;
}

/** A parameter that the page means; null: none any more. `site` is where the run recorded its line. */
export interface ParameterLink {
  store: string;
  run: string;
  parameter: string | null;
  site: CallSite | null;
}

export interface PanelListener {
  hovered(link: ParameterLink): void;
  revealed(link: ParameterLink & {parameter: string}): void;
  /** The title of the panel is known, or another. */
  titled(title: string): void;
  /** Something for the log of the extension, one line. */
  noted(line: string): void;
}

/** One panel: its page, and the feed of what it shows. The page is made anew each time the panel is shown. */
export class PanelController implements Disposable {
  private feed: FeedThread | null = null;
  private runs: readonly PanelRun[] = [];
  private listens = false;
  private waiting: HostMessage[] = [];
  private readonly subscriptions: Disposable[];

  /** @param subject null where nobody knows any more what the panel showed */
  constructor(readonly panel: WebviewPanel, readonly subject: PanelSubject | null, private readonly extension: {uri: Uri; path: string}, private readonly listener: PanelListener) {
    this.subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      panel.onDidChangeViewState(() => { if (!panel.visible) this.hide(); }),
    ];
    this.follow();
    panel.webview.html = pageHtml(panel.webview, extension.uri, 'panel', env.language);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.feed?.dispose();
  }

  /** Puts the page's selection and cursor where the user came from. */
  focus({parameter, step}: PanelFocus): void {
    if (parameter === undefined && step === undefined) return;
    this.send({type: 'highlight', parameters: parameter === undefined ? [] : [parameter], select: parameter !== undefined, ...(step === undefined ? {} : {step})});
  }

  /** Marks the parameters whose line is under the cursor. A page that is hidden is told nothing. */
  highlight(parameters: string[]): void {
    if (this.panel.visible && this.listens) this.post({type: 'highlight', parameters, select: false});
  }

  /** Whether the panel shows a run. */
  shows(store: string, run: string): boolean {
    return this.subject?.store === store && this.runs.some(({id}) => id === run);
  }

  private hide(): void {
    this.listens = false;
    this.feed?.post({type: 'hide'});
    this.leave();
  }

  /** Whatever is lit in the code goes out with the page. */
  private leave(): void {
    const [run] = this.runs;
    if (this.subject && run) this.listener.hovered({store: this.subject.store, run: run.id, parameter: null, site: null});
  }

  private receive(received: unknown): void {
    const {message, refusal} = readPageMessage(received);
    if (message === null) {
      this.listener.noted(refusal);
      return;
    }
    this.act(message).catch((error: unknown) => this.post({type: 'problem', message: messageOf(error)}));
  }

  private async act(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready': this.start(); break;
      case 'view': this.feed?.post(message); break;
      case 'drawn': this.feed?.post({type: 'drawn', number: message.number}); break;
      case 'hover': this.link(message.parameter, (link) => this.listener.hovered(link)); break;
      case 'reveal': this.link(message.parameter, (link) => this.listener.revealed({...link, parameter: message.parameter})); break;
      case 'sing': await this.switchSing(message); break;
      case 'action': await doAction(message, this.subject, this.runs);
    }
  }

  private start(): void {
    this.listens = true;
    this.post({type: 'start', locale: env.language, strings: translations()});
    if (this.subject === null) {
      this.post({type: 'problem', message: l10n.t('Nobody knows any more what this panel showed. Choose a run, or close it.')});
      return;
    }
    this.follow();
    this.feed?.post({type: 'show'});
  }

  private follow(): void {
    if (this.subject === null || this.feed !== null) return;
    const start = {subject: this.subject, locale: env.language, strings: translations()};
    this.feed = new FeedThread(this.extension.path, start, (messages) => this.relay(messages), (reason) => this.lose(reason));
  }

  private relay(messages: readonly HostMessage[]): void {
    for (const message of messages) {
      if (message.type === 'subject') {
        this.runs = message.runs;
        if (this.panel.title !== message.title) this.entitle(message.title);
      }
      if (this.listens) this.post(message);
    }
    if (!this.listens || this.runs.length === 0) return;
    for (const message of this.waiting.splice(0)) this.post(message);
  }

  private entitle(title: string): void {
    this.panel.title = title;
    this.listener.titled(title);
  }

  /** The thread has died, of want of memory as a rule. The next page gets a new one. */
  private lose(reason: string): void {
    this.feed = null;
    this.listener.noted(`The reader of a panel ended: ${reason}`);
    this.post({type: 'problem', message: l10n.t('The run can not be read on ({0}). Close the panel and open it again.', reason)});
  }

  private link(parameter: string | null, tell: (link: ParameterLink) => void): void {
    const of = this.runs.find(({parameters}) => parameters.some(({name}) => name === parameter)) ?? this.runs[0];
    if (!this.subject || !of) return;
    const site = of.parameters.find(({name}) => name === parameter)?.site ?? null;
    tell({store: this.subject.store, run: of.id, parameter, site});
  }

  private async switchSing({run, sing}: Extract<PageMessage, {type: 'sing'}>): Promise<void> {
    if (!this.subject || !this.runs.some(({id}) => id === run)) return;
    const reply = await askRecorder(runDir(this.subject.store, run), {type: 'set', sing});
    if (reply?.ok) return;
    const reason = reply?.error ?? l10n.t('its recorder does not answer; it may just have ended');
    this.post({type: 'problem', message: l10n.t('SING could not be switched: {0}.', reason.replace(/\.$/, ''))});
  }

  /** Sends as soon as the page knows what it shows. */
  private send(message: HostMessage): void {
    if (this.listens && this.runs.length > 0) this.post(message);
    else this.waiting.push(message);
  }

  private post(message: HostMessage): void {
    void this.panel.webview.postMessage(message);
  }
}

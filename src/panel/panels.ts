import {EventEmitter, TabInputWebview, ViewColumn, window, type Disposable, type ExtensionContext, type WebviewPanel, type WebviewPanelSerializer} from 'vscode';
import {views} from '../contributions';
import type {PanelSubject} from '../protocol/panel';
import {dressPanel} from './pageHtml';
import {PanelController, type PanelFocus, type ParameterLink} from './panelController';
import {PanelMemory} from './panelMemory';
import {subjectKey, subjectOfState} from './pageState';

/** All panels of a window: one for each run, trial or pair. Windows that come back bring theirs along. */
export class Panels implements Disposable, WebviewPanelSerializer {
  private readonly hover = new EventEmitter<ParameterLink>();
  private readonly reveal = new EventEmitter<ParameterLink & {parameter: string}>();
  private readonly log = window.createOutputChannel('SINGscope Panel', {log: true});
  private readonly controllers = new Set<PanelController>();
  private readonly memory: PanelMemory;
  private readonly registered: Disposable[];

  /** The pointer or focus of a page came to a parameter, or left it. */
  readonly onHover = this.hover.event;
  /** The line of a parameter is to be opened. */
  readonly onReveal = this.reveal.event;

  constructor(private readonly context: ExtensionContext) {
    this.memory = new PanelMemory(context.workspaceState);
    this.registered = [
      window.registerWebviewPanelSerializer(views.panel, this),
      // A tab that was never shown in this window is closed without a word to its panel: there is none.
      window.tabGroups.onDidChangeTabs(({closed}) => { if (closed.length > 0) this.memory.prune(this.subjects, tabTitles()); }),
    ];
  }

  /** Shows a subject beside the editor, in the panel that it has already or in a new one. */
  open(subject: PanelSubject, focus: PanelFocus = {}): void {
    const known = [...this.controllers].find((controller) => controller.subject && subjectKey(controller.subject) === subjectKey(subject));
    if (known) known.panel.reveal(undefined, true);
    const controller = known ?? this.adopt(window.createWebviewPanel(views.panel, 'SINGscope', {viewColumn: ViewColumn.Beside, preserveFocus: true}, {}), subject);
    controller.focus(focus);
  }

  /** Marks parameters in the panels that show their run; null: none any more. */
  highlight(of: {store: string; run: string; parameters: string[]} | null): void {
    for (const controller of this.controllers) {
      if (of === null) controller.highlight([]);
      else if (controller.shows(of.store, of.run)) controller.highlight(of.parameters);
    }
  }

  /** Brings a panel of an earlier window back, with what its page kept; a page that never loaded kept nothing. */
  deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    this.adopt(panel, subjectOfState(state) ?? this.memory.find(panel.title, this.subjects));
    return Promise.resolve();
  }

  dispose(): void {
    for (const controller of this.controllers) controller.dispose();
    for (const part of [...this.registered, this.hover, this.reveal, this.log]) part.dispose();
  }

  private get subjects(): PanelSubject[] {
    return [...this.controllers].flatMap(({subject}) => subject ?? []);
  }

  private adopt(panel: WebviewPanel, subject: PanelSubject | null): PanelController {
    const {extensionUri, extensionPath} = this.context;
    dressPanel(panel, extensionUri);
    const controller = new PanelController(panel, subject, {uri: extensionUri, path: extensionPath}, {
      hovered: (link) => this.hover.fire(link),
      revealed: (link) => this.reveal.fire(link),
      titled: (title) => { if (subject) this.memory.keep(subject, title); },
      noted: (line) => this.log.warn(line),
    });
    this.controllers.add(controller);
    if (subject) this.memory.keep(subject, panel.title);
    panel.onDidDispose(() => {
      this.controllers.delete(controller);
      if (subject) this.memory.forget(subject);
      controller.dispose();
    });
    return controller;
  }
}

/** Titles of the tabs of all panels, of those too that are not shown yet since the window came back. */
function tabTitles(): string[] {
  const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
  // VS Code puts a word of its own before the type.
  return tabs.filter(({input}) => input instanceof TabInputWebview && input.viewType.endsWith(views.panel)).map(({label}) => label);
}

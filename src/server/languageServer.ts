import * as l10n from '@vscode/l10n';
import * as v from 'valibot';
import {
  CodeActionKind, CodeLensRefreshRequest, DidChangeConfigurationNotification, TextDocumentSyncKind,
  type Connection, type Hover, type InitializeParams, type InitializeResult,
} from 'vscode-languageserver/node';
import {changedSettingsSchema, FILE_STATE, LAYERS_AT, layersAtSchema, LINE_OF, lineOfSchema, serverOptionsSchema, type ServerOptions} from '../protocol/languageServer';
import {codeActionsFor} from './codeActions';
import {codeLensesOf} from './codeLenses';
import {EditorState} from './editorState';
import {pathOf, uriOf} from './fileKey';
import {HoverText} from './hovers';
import {inlayHintsOf} from './inlayHints';
import {plainText} from './markdown';
import {Publisher} from './publisher';
import {SeriesCache} from './runSeries';
import {RunWatch} from './runWatch';
import type {RunNews} from './storeWatch';
import {Workspace} from './workspace';

/** Typing goes on until it has paused for so long. */
const PAUSE_MS = 300;
/** How often lenses and hints are asked for anew, at most. */
const REFRESH_MS = 1000;
/** How often it is looked whether stores have come. */
const STORES_MS = 2000;

/** What the client can do. */
interface ClientAbilities {
  markdown: boolean;
  refreshesLenses: boolean;
  refreshesHints: boolean;
  changesFolders: boolean;
}

/** Speaks LSP on a connection: from the run folders beside the open files to what the editor shows. */
export class LanguageServer {
  private readonly workspace = new Workspace();
  private readonly watch = new RunWatch((news) => { this.tell(news); }, (message) => { this.connection.console.warn(message); });
  private readonly state = new EditorState(this.workspace, this.watch);
  private readonly publisher = new Publisher((uri, diagnostics) => { void this.connection.sendDiagnostics({uri, diagnostics}); }, (uri) => this.state.diagnostics(uri));
  private readonly series = new SeriesCache();
  private readonly toldStates = new Map<string, string>();
  private options: ServerOptions = v.parse(serverOptionsSchema, {});
  private abilities: ClientAbilities = {markdown: true, refreshesLenses: false, refreshesHints: false, changesFolders: false};
  private readonly pauses = new Map<string, NodeJS.Timeout>();
  private refreshTimer: NodeJS.Timeout | null = null;
  private refreshedAt = -Infinity;
  private storesTimer: NodeJS.Timeout | null = null;

  constructor(private readonly connection: Connection) {}

  listen(): void {
    const {connection} = this;
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => { this.initialized(); });
    connection.onShutdown(() => { this.stop(); });
    connection.onDidOpenTextDocument(({textDocument: {uri, version, text}}) => {
      this.workspace.didOpen(uri, version, text);
      this.followStores();
      this.refresh([uri]);
    });
    connection.onDidChangeTextDocument(({textDocument: {uri, version}, contentChanges}) => {
      this.workspace.didChange(uri, version, contentChanges);
      this.afterPause(uri);
    });
    connection.onDidCloseTextDocument(({textDocument: {uri}}) => {
      this.workspace.didClose(uri);
      this.toldStates.delete(uri);
      this.refresh([uri]);
    });
    connection.onDidChangeConfiguration((params) => { this.configure(params); });
    this.answerRequests();
    connection.listen();
  }

  private answerRequests(): void {
    const {connection, state} = this;
    connection.onHover(({textDocument: {uri}, position}) => this.hover(uri, position.line));
    connection.onCodeLens(({textDocument: {uri}}) => {
      const view = state.inline.codeLens ? state.view(uri) : null;
      return view === null ? [] : codeLensesOf(view, state.trusted);
    });
    connection.languages.inlayHint.on(({textDocument: {uri}, range}) => {
      const view = state.inline.inlayHints ? state.view(uri) : null;
      return view === null ? [] : inlayHintsOf(view.report, view.document).filter(({position: {line}}) => line >= range.start.line && line <= range.end.line);
    });
    connection.onCodeAction(({textDocument: {uri}, context}) => codeActionsFor(context.diagnostics, (store, id) => state.run(store, id), uri, state.trusted));
    connection.onRequest(LAYERS_AT, (params: unknown) => {
      const checked = v.safeParse(layersAtSchema, params);
      return checked.success ? state.layersAt(checked.output) : null;
    });
    connection.onRequest(LINE_OF, (params: unknown) => {
      const checked = v.safeParse(lineOfSchema, params);
      return checked.success ? state.lineOf(checked.output) : null;
    });
  }

  private initialize({capabilities, workspaceFolders, rootUri, initializationOptions}: InitializeParams & {rootUri?: string | null}): InitializeResult {
    const options = v.safeParse(serverOptionsSchema, initializationOptions ?? {});
    if (options.success) this.options = options.output;
    else this.connection.console.warn(`The options of initialize are not as they should be and are left out: ${v.summarize(options.issues).split('\n')[0] ?? ''}`);
    if (this.options.strings !== null) l10n.config({contents: this.options.strings});
    Object.assign(this.state, {inline: this.options.inline, trusted: this.options.trusted});
    this.workspace.folders = (workspaceFolders?.map(({uri}) => uri) ?? (rootUri ? [rootUri] : [])).flatMap((uri) => pathOf(uri) ?? []);
    const {textDocument, workspace} = capabilities;
    this.abilities = {
      markdown: textDocument?.hover?.contentFormat?.includes('markdown') ?? true,
      refreshesLenses: workspace?.codeLens?.refreshSupport === true,
      refreshesHints: workspace?.inlayHint?.refreshSupport === true,
      changesFolders: workspace?.workspaceFolders === true,
    };
    return {
      serverInfo: {name: 'SINGscope'},
      capabilities: {
        textDocumentSync: {openClose: true, change: TextDocumentSyncKind.Incremental},
        hoverProvider: true, codeLensProvider: {}, inlayHintProvider: true,
        codeActionProvider: {codeActionKinds: [CodeActionKind.QuickFix]},
        workspace: {workspaceFolders: {supported: true, changeNotifications: true}},
      },
    };
  }

  private initialized(): void {
    const {connection, abilities} = this;
    if (abilities.changesFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({added, removed}) => {
        const gone = new Set(removed.map(({uri}) => pathOf(uri)));
        this.workspace.folders = [...this.workspace.folders.filter((folder) => !gone.has(folder)), ...added.flatMap(({uri}) => pathOf(uri) ?? [])];
        this.followStores();
      });
    }
    void connection.client.register(DidChangeConfigurationNotification.type, undefined).catch(() => undefined);
    this.storesTimer = setInterval(() => { this.followStores(); }, STORES_MS);
    this.followStores();
  }

  private stop(): void {
    this.watch.stop();
    this.publisher.stop();
    if (this.storesTimer !== null) clearInterval(this.storesTimer);
    if (this.refreshTimer !== null) clearTimeout(this.refreshTimer);
    for (const timer of this.pauses.values()) clearTimeout(timer);
  }

  private followStores(): void {
    this.watch.follow(this.workspace.stores());
  }

  private configure(params: unknown): void {
    const checked = v.safeParse(changedSettingsSchema, params);
    if (!checked.success) return;
    const {inline, trusted} = checked.output.settings.singscope;
    this.state.inline = {...this.state.inline, ...inline};
    this.state.trusted = trusted ?? this.state.trusted;
    this.refreshAll();
  }

  private hover(uri: string, line: number): Hover | null {
    const {state, options, abilities} = this;
    const view = state.inline.hover ? state.view(uri) : null;
    if (view === null) return null;
    const style = {rich: options.rich, isTrusted: state.trusted, hasDiagnostics: state.inline.diagnostics};
    const text = new HoverText(view.key, view.document, view.report, this.series, style).at(line);
    if (text === null) return null;
    return {contents: abilities.markdown ? {kind: 'markdown', value: text} : {kind: 'plaintext', value: plainText(text)}};
  }

  /** News of runs: files that they touch are looked at anew. */
  private tell(news: readonly RunNews[]): void {
    const touched = new Set(news.flatMap(({run}) => [...run.files]));
    const isMore = news.some(({kind}) => kind !== 'stepped');
    const open = [...this.workspace.open].filter(([, {key}]) => touched.has(key)).map(([uri]) => uri);
    if (isMore) this.refreshAll();
    else for (const uri of open) this.tellState(uri);
    if (open.length > 0) this.askForLenses();
  }

  private refreshAll(): void {
    this.refresh([...this.workspace.open.keys()]);
    this.askForLenses();
  }

  private refresh(uris: readonly string[]): void {
    // Closed files show the findings of a store's newest run, and lose them with it.
    for (const uri of new Set([...uris, ...this.state.closedFiles().map(uriOf), ...this.publisher.shown])) {
      this.publisher.refresh(uri);
      if (this.workspace.open.has(uri)) this.tellState(uri);
    }
  }

  private afterPause(uri: string): void {
    const held = this.pauses.get(uri);
    if (held !== undefined) clearTimeout(held);
    this.pauses.set(uri, setTimeout(() => {
      this.pauses.delete(uri);
      this.refresh([uri]);
      this.askForLenses();
    }, PAUSE_MS));
  }

  private tellState(uri: string): void {
    const state = this.state.fileState(uri);
    const json = JSON.stringify(state);
    if (state === null || this.toldStates.get(uri) === json) return;
    this.toldStates.set(uri, json);
    void this.connection.sendNotification(FILE_STATE, state);
  }

  private askForLenses(): void {
    if (this.refreshTimer !== null) return;
    const wait = Math.max(0, this.refreshedAt + REFRESH_MS - Date.now());
    this.refreshTimer = setTimeout(() => {
      this.refreshTimer = null;
      this.refreshedAt = Date.now();
      if (this.abilities.refreshesLenses) this.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
      if (this.abilities.refreshesHints) this.connection.languages.inlayHint.refresh().catch(() => undefined);
    }, wait);
  }
}

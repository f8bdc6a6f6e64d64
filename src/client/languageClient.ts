import {EventEmitter, l10n, workspace, type Disposable, type Event, type ExtensionContext, type MarkdownString} from 'vscode';
import type {LanguageClient, LanguageClientOptions, ServerOptions as Launch} from 'vscode-languageclient/node';
import {commands, settings} from '../contributions';
import {messageOf} from '../platform/failure';
import {translations} from '../userLanguage';
import {FILE_STATE, LAYERS_AT, LINE_OF, type FileStateParams, type InlineSettings, type LayersAtResult, type LineOfResult, type ServerOptions} from '../protocol/languageServer';

const LANGUAGES = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
/** Commands that a hover's links may run. */
const LINKED = [commands.openPanel, commands.compare, commands.copyFinding, commands.runWithSing, commands.goToLayer];

/** The language server in a process of its own, and what the extension asks it. */
export class Code implements Disposable {
  private readonly fileState = new EventEmitter<FileStateParams>();
  private readonly subscriptions: Disposable[];
  private client: LanguageClient | null = null;
  private isDisposed = false;

  constructor(private readonly context: ExtensionContext) {
    this.subscriptions = [
      workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration('singscope.inline')) this.configure(); }),
      workspace.onDidGrantWorkspaceTrust(() => { this.configure(); }),
    ];
    void this.start();
  }

  get onFileState(): Event<FileStateParams> {
    return this.fileState.event;
  }

  /** Parameters that were made at a line, counted from 0; null where none were, or the server is not there. */
  async layersAt(uri: string, line: number): Promise<LayersAtResult | null> {
    return await this.client?.sendRequest<LayersAtResult | null>(LAYERS_AT, {uri, line}) ?? null;
  }

  /** Where a parameter's line is now; null where nobody can tell. */
  async lineOf(store: string, run: string, parameter: string): Promise<LineOfResult | null> {
    return await this.client?.sendRequest<LineOfResult | null>(LINE_OF, {store, run, parameter}) ?? null;
  }

  dispose(): void {
    this.isDisposed = true;
    for (const subscription of this.subscriptions) subscription.dispose();
    this.fileState.dispose();
    void this.client?.dispose().catch(() => undefined);
  }

  /** The client is loaded after the extension is there. */
  private async start(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const {LanguageClient, TransportKind} = await import('./clientLibrary');
    const module = this.context.asAbsolutePath('dist/server.cjs');
    const launch: Launch = {module, transport: TransportKind.ipc};
    const client = new LanguageClient('singscope', 'SINGscope', launch, this.options());
    if (this.isDisposed) return;
    client.onNotification(FILE_STATE, (state: FileStateParams) => { this.fileState.fire(state); });
    try {
      await client.start();
      this.client = client;
      // What was changed while it started was told to nobody.
      this.configure();
    } catch (error) {
      client.error(l10n.t('The language server did not start, so nothing shows in the code: {0}. Reload the window to try again.', messageOf(error)), undefined, 'force');
    }
    if (this.isDisposed) this.dispose();
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: LANGUAGES.map((language) => ({scheme: 'file', language})),
      initializationOptions: {strings: translations(), inline: inlineSettings(), trusted: workspace.isTrusted, rich: true} satisfies ServerOptions,
      middleware: {
        provideHover: async (document, position, token, next) => {
          const hover = await next(document, position, token);
          for (const content of hover?.contents ?? []) if (typeof content === 'object' && 'isTrusted' in content) trust(content as MarkdownString);
          return hover;
        },
      },
    };
  }

  private configure(): void {
    void this.client?.sendNotification('workspace/didChangeConfiguration', {settings: {singscope: {inline: inlineSettings(), trusted: workspace.isTrusted}}});
  }
}

/** Links may run our own commands and no others. */
function trust(markdown: MarkdownString): void {
  markdown.isTrusted = {enabledCommands: LINKED};
}

function inlineSettings(): InlineSettings {
  const all = workspace.getConfiguration();
  const wanted = (name: string): boolean => all.get<boolean>(name) ?? true;
  return {codeLens: wanted(settings.codeLens), diagnostics: wanted(settings.diagnostics), hover: wanted(settings.hover), inlayHints: wanted(settings.inlayHints)};
}

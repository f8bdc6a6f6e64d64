import {Disposable, l10n, languages, LanguageStatusSeverity, Uri, window, type Command, type LanguageStatusItem} from 'vscode';
import {commands, contextKeys, type RunArgument, type ScriptArgument} from '../contributions';
import type {FileState, FileStateParams} from '../protocol/languageServer';
import {setContext} from './contexts';
import type {CodePort} from './ports';

/** The one place that says what the editor shows of a file's training, or why it shows nothing. */
export class FileStatus implements Disposable {
  private readonly item: LanguageStatusItem;
  private readonly states = new Map<string, FileStateParams>();
  private readonly subscriptions: Disposable[];

  constructor(code: CodePort) {
    this.item = languages.createLanguageStatusItem('singscope.file', ['javascript', 'typescript', 'javascriptreact', 'typescriptreact'].map((language) => ({language, scheme: 'file'})));
    this.item.name = 'SINGscope';
    this.subscriptions = [
      this.item,
      code.onFileState((params) => {
        this.states.set(Uri.parse(params.uri).toString(), params);
        this.draw();
      }),
      window.onDidChangeActiveTextEditor(() => this.draw()),
    ];
    this.draw();
  }

  dispose(): void {
    Disposable.from(...this.subscriptions).dispose();
  }

  private draw(): void {
    const uri = window.activeTextEditor?.document.uri;
    const known = uri === undefined ? undefined : this.states.get(uri.toString());
    void setContext(contextKeys.trainingScript, known !== undefined && known.state !== 'no-training');
    this.item.busy = known?.state === 'running';
    this.item.severity = known?.state === 'findings' ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    this.item.text = known === undefined ? 'SINGscope' : `$(${iconOf(known.state)}) SINGscope`;
    this.item.detail = known?.text ?? l10n.t('This file has not been looked at yet.');
    this.item.command = known === undefined ? undefined : commandFor(known);
  }
}

function iconOf(state: FileState): string {
  switch (state) {
    case 'no-training': return 'circle-slash';
    case 'not-trained': return 'circle-outline';
    case 'clean': return 'pass';
    case 'findings': return 'warning';
    case 'changed': return 'history';
    case 'no-call-site': return 'question';
    case 'running': return 'pulse';
  }
}

function commandFor({state, uri, store, run}: FileStateParams): Command | undefined {
  if (state === 'no-training') return undefined;
  if (store === null || run === null) return {command: commands.run, title: l10n.t('Run'), arguments: [{uri} satisfies ScriptArgument]};
  return {command: commands.openPanel, title: l10n.t('Open Panel'), arguments: [{store, run} satisfies RunArgument]};
}

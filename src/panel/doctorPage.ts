import {homedir} from 'node:os';
import {dirname} from 'node:path';
import * as v from 'valibot';
import {commands as vscodeCommands, env, l10n, Uri, ViewColumn, window, workspace, type Disposable, type ExtensionContext, type WebviewPanel, type WebviewPanelSerializer} from 'vscode';
import {commands, settings, views, type InstallArgument} from '../contributions';
import {messageOf} from '../platform/failure';
import {doctorPageMessageSchema, doctorPageStateSchema, type DoctorHostMessage, type DoctorPageMessage, type DoctorPageReport, type MendAction} from '../protocol/doctorPage';
import {translations} from '../userLanguage';
import {DoctorThread} from './doctorThread';
import {doctorPageReport, doctorText} from './doctorWords';
import {dressPanel, pageHtml} from './pageHtml';
import {openSettingsAt} from './settingOpening';
import {readMessage} from './pageMessages';

/** The page that says what there is to train with. There is one of it, which keeps to the folder that it was opened for. */
export class DoctorPage implements Disposable, WebviewPanelSerializer {
  private readonly log = window.createOutputChannel('SINGscope Setup', {log: true});
  private readonly registered = [
    window.registerWebviewPanelSerializer(views.doctor, this),
    workspace.onDidChangeConfiguration((change) => { if (change.affectsConfiguration(settings.nodePath) && this.panel !== null) this.look(); }),
    workspace.onDidGrantWorkspaceTrust(() => { if (this.panel !== null) this.look(); }),
  ];
  private panel: WebviewPanel | null = null;
  private thread: DoctorThread | null = null;
  private folder = homedir();
  /** What the page shows now; a page is made anew each time that it is shown. */
  private shown: DoctorHostMessage = {type: 'looking'};
  private report: DoctorPageReport | null = null;

  constructor(private readonly context: ExtensionContext) {}

  /** Looks at the folder of the file in front, and shows what was found. */
  show(): void {
    this.folder = folderInFront() ?? homedir();
    this.look();
    if (this.panel === null) this.adopt(window.createWebviewPanel(views.doctor, l10n.t('SINGscope Setup'), ViewColumn.Active));
    else this.panel.reveal();
  }

  /** Brings the page of an earlier window back, for the folder that it was opened for. */
  deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    if (this.panel !== null) panel.dispose();
    else {
      const kept = v.safeParse(doctorPageStateSchema, state);
      this.folder = kept.success ? kept.output.folder : folderInFront() ?? homedir();
      this.look();
      this.adopt(panel);
    }
    return Promise.resolve();
  }

  dispose(): void {
    this.thread?.dispose();
    for (const part of [...this.registered, this.log]) part.dispose();
  }

  private adopt(panel: WebviewPanel): void {
    const {extensionUri} = this.context;
    this.panel = panel;
    dressPanel(panel, extensionUri);
    panel.webview.onDidReceiveMessage((received: unknown) => this.receive(received));
    panel.onDidDispose(() => {
      this.panel = null;
      this.thread?.dispose();
      this.thread = null;
    });
    panel.webview.html = pageHtml(panel.webview, extensionUri, 'doctor', env.language);
  }

  private receive(received: unknown): void {
    const {message, refusal} = readMessage(doctorPageMessageSchema, received);
    if (message === null) {
      this.log.warn(refusal);
      return;
    }
    this.act(message).catch((error: unknown) => this.tell({type: 'failed', message: messageOf(error)}));
  }

  private async act(message: DoctorPageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.post({type: 'start', locale: env.language, strings: translations()});
        this.post(this.shown);
        break;
      case 'refresh': this.look(); break;
      case 'copy':
        if (this.report === null) break;
        await env.clipboard.writeText(doctorText(this.report));
        this.post({type: 'copied'});
        break;
      case 'mend': await this.mend(message.action);
    }
  }

  /** Does what a button says, if the page has such a button now. */
  private async mend(action: MendAction): Promise<void> {
    const isOffered = this.report?.problems.some(({button}) => button !== null && JSON.stringify(button.action) === JSON.stringify(action)) === true;
    if (!isOffered) return;
    switch (action.kind) {
      case 'chooseNode': await openSettingsAt(settings.nodePath); return;
      case 'install': await this.install(action.gpu); return;
      case 'rebuild': {
        const {listRuntimes, setAside} = await import('../runtime/managedRuntime');
        const broken = listRuntimes().find(({name}) => name === action.runtime);
        if (broken) setAside(broken.dir);
        await this.install(broken?.device === 'gpu');
      }
    }
  }

  private async install(gpu: boolean): Promise<void> {
    await vscodeCommands.executeCommand(commands.installRuntime, {gpu} satisfies InstallArgument);
    if (this.panel !== null) this.look();
  }

  private look(): void {
    this.thread?.dispose();
    this.report = null;
    // It starts the Node of the settings and loads the packages of the workspace.
    if (!workspace.isTrusted) {
      this.tell({type: 'failed', message: l10n.t('SINGscope runs nothing in a workspace that is not trusted. Past runs can still be looked at.')});
      return;
    }
    this.tell({type: 'looking'});
    const wantedNode = workspace.getConfiguration(undefined, Uri.file(this.folder)).get<string>(settings.nodePath)?.trim() || null;
    this.thread = new DoctorThread({cwd: this.folder, packageRoot: this.context.extensionPath, wantedNode}, (answer) => {
      this.report = doctorPageReport(answer);
      this.tell({type: 'report', report: this.report});
    }, (reason) => this.tell({type: 'failed', message: l10n.t('The setup can\'t be looked at: {0}.', reason.replace(/\.$/, ''))}));
  }

  private tell(message: DoctorHostMessage): void {
    this.shown = message;
    this.post(message);
  }

  private post(message: DoctorHostMessage): void {
    void this.panel?.webview.postMessage(message);
  }
}

/** A training finds its packages from its own folder upwards. */
function folderInFront(): string | undefined {
  const uri = window.activeTextEditor?.document.uri;
  if (uri?.scheme === 'file' && workspace.getWorkspaceFolder(uri) !== undefined) return dirname(uri.fsPath);
  return workspace.workspaceFolders?.find((folder) => folder.uri.scheme === 'file')?.uri.fsPath;
}

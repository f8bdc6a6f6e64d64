import {mkdtempSync, rmSync} from 'node:fs';
import {execFile} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath} from '@vscode/test-electron';
import {_electron, type ElectronApplication} from 'playwright-core';
import {EditorWindow} from './editorWindow';
import {linkExtension} from '../../../scripts/extensionLink.mjs';
import {installProbe, probesOf} from './probe';
import {writeSettings} from './settings';
import type {Vscode, VscodeOptions, WindowOptions} from './vscode';
import {packageRoot} from '../../support/managedRuntime';

/** The desktop's VS Code, downloaded by @vscode/test-electron: one application a window. */
export class DesktopVscode implements Vscode {
  private readonly applications = new Set<ElectronApplication>();

  private constructor(private readonly executable: string, private readonly options: VscodeOptions, private readonly folder: string) {}

  static async start(options: VscodeOptions): Promise<DesktopVscode> {
    const executable = await download();
    const folder = mkdtempSync(join(tmpdir(), 'singscope-vscode-'));
    installProbe(join(folder, 'extensions'));
    if (options.vsix === undefined) {
      linkExtension(packageRoot, join(folder, 'extensions'));
    } else {
      const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
      await promisify(execFile)(cli!, [...args, `--user-data-dir=${join(folder, 'user')}`, `--extensions-dir=${join(folder, 'extensions')}`, '--install-extension', options.vsix, '--force']);
    }
    return new DesktopVscode(executable, options, folder);
  }

  async open(path: string, {locale, settings = {}, size = {width: 1400, height: 900}}: WindowOptions = {}): Promise<EditorWindow> {
    // Two applications can't share one user's folder.
    const user = join(this.folder, this.applications.size === 0 ? 'user' : `user${this.applications.size}`);
    writeSettings(join(user, 'User', 'settings.json'), settings);
    const args = [
      path, `--user-data-dir=${user}`, `--extensions-dir=${join(this.folder, 'extensions')}`, '--no-sandbox', '--disable-gpu-sandbox', '--disable-updates', '--disable-telemetry',
      '--skip-welcome', '--skip-release-notes', '--no-cached-data', '--disable-crash-reporter', '--new-window',
      ...(this.options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
      ...(locale === undefined ? [] : [`--locale=${locale}`]),
    ];
    let application: ElectronApplication;
    const show = async () => {
      application = await _electron.launch({executablePath: this.executable, args, env: {...environment(), ...this.options.env, SINGSCOPE_PROBE_DIR: probesOf(this.folder)}});
      this.applications.add(application);
      const page = await application.firstWindow();
      await page.setViewportSize(size);
      return page;
    };
    return await EditorWindow.from(show, probesOf(this.folder), async () => {
      this.applications.delete(application);
      await application.close();
    });
  }

  restart(): Promise<void> {
    return Promise.reject(new Error('A desktop window is closed and opened again instead.'));
  }

  async stop(): Promise<void> {
    for (const application of this.applications) await application.close();
    rmSync(this.folder, {recursive: true, force: true, maxRetries: 20});
  }
}

async function download(): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({version: process.env['SINGSCOPE_VSCODE_VERSION'] ?? 'stable', extractSync: true});
  } catch (error) {
    throw new Error(`The desktop's VS Code can't be downloaded here (${error instanceof Error ? error.message : String(error)}): leave SINGSCOPE_VSCODE out to use the VS Code server.`, {cause: error});
  }
}

function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[0] !== 'ELECTRON_RUN_AS_NODE'));
}

import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {chromium, type Browser, type BrowserContext, type Page} from 'playwright-core';
import {findChromium} from '../../../scripts/chromium.mjs';
import {ensureVscodeServer, type VscodeServer} from '../../../scripts/vscodeServer.mjs';
import {startVscodeServer, windowAddress, type VscodeServerProcess} from '../../../scripts/vscodeServerProcess.mjs';
import {EditorWindow} from './editorWindow';
import {linkExtension} from '../../../scripts/extensionLink.mjs';
import {installProbe, probesOf} from './probe';
import {writeSettings} from './settings';
import type {Vscode, VscodeOptions, WindowOptions} from './vscode';
import {START_MS} from '../../support/chromium';
import {packageRoot} from '../../support/managedRuntime';

const run = promisify(execFile);

/** The VS Code server, with a browser for its windows. */
export class ServerVscode implements Vscode {
  private constructor(
    private readonly server: VscodeServer, private readonly options: VscodeOptions, private readonly folder: string,
    private serving: VscodeServerProcess, private readonly browser: Browser,
  ) {}

  static async start(options: VscodeOptions): Promise<ServerVscode> {
    const server = await ensureVscodeServer();
    const folder = mkdtempSync(join(tmpdir(), 'singscope-vscode-'));
    const extensions = join(folder, 'extensions');
    installProbe(extensions);
    if (options.vsix === undefined) linkExtension(packageRoot, extensions);
    else await installPackage(server, folder, options.vsix);
    const [serving, browser] = await Promise.all([startVscodeServer(server, folder, serverOptions(options, folder)), launchBrowser()]);
    return new ServerVscode(server, options, folder, serving, browser);
  }

  async open(path: string, {locale, settings = {}, size = {width: 1400, height: 900}}: WindowOptions = {}): Promise<EditorWindow> {
    writeSettings(join(this.folder, 'data', 'User', 'settings.json'), settings);
    // Settings of the machine are read from the server's own file.
    writeSettings(join(this.folder, 'data', 'Machine', 'settings.json'), settings);
    const context = await this.browser.newContext({viewport: size, permissions: ['clipboard-read', 'clipboard-write']});
    context.setDefaultTimeout(60_000);
    context.setDefaultNavigationTimeout(120_000);
    await closeToTheWorld(context);
    if (locale !== undefined) await speak(context, locale);
    const target = path.endsWith('.code-workspace') ? {workspace: path} : {folder: path};
    const address = windowAddress(this.serving.origin, target);
    const show = async (): Promise<Page> => {
      const page = await context.newPage();
      await page.goto(address);
      return page;
    };
    return await EditorWindow.from(show, probesOf(this.folder), async () => { await context.close(); });
  }

  async restart(): Promise<void> {
    await this.serving.stop();
    this.serving = await startVscodeServer(this.server, this.folder, {...serverOptions(this.options, this.folder), port: this.serving.port});
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.serving.stop();
    rmSync(this.folder, {recursive: true, force: true, maxRetries: 20});
  }
}

function serverOptions({workspaceTrust = false, env = {}}: VscodeOptions, folder: string) {
  return {workspaceTrust, env: {...env, SINGSCOPE_PROBE_DIR: probesOf(folder)}};
}

async function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium found: install the package chromium and see that it is on PATH');
  return await chromium.launch({
    executablePath, timeout: START_MS,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** Galleries and the like are not asked: a look-up that fails slowly holds the window up. */
async function closeToTheWorld(context: BrowserContext): Promise<void> {
  await context.route((url) => url.protocol.startsWith('http') && url.hostname !== '127.0.0.1', (route) => route.abort('blockedbyclient'));
}

/** What a language pack would do for extensions; the workbench's own words stay English. */
async function speak(context: BrowserContext, locale: string): Promise<void> {
  await context.addInitScript((language) => {
    Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', {value: language, writable: false});
  }, locale);
}

/** Installs a VSIX as `code --install-extension` does. */
async function installPackage({node, serverMain}: VscodeServer, folder: string, vsix: string): Promise<void> {
  const args = [serverMain, '--server-data-dir', folder, '--accept-server-license-terms', '--install-extension', vsix, '--force'];
  const {stdout, stderr} = await run(node, args, {cwd: dirname(serverMain)});
  if (!/successfully installed/i.test(stdout)) throw new Error(`${vsix} can't be installed: ${stdout}${stderr}`);
}

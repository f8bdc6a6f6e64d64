import type {Page} from 'playwright-core';
import {eventually} from './eventually';
import {PageLog} from './pageLog';
import {CommandPalette} from './pages/commandPalette';
import {Notifications} from './pages/notifications';
import {PanelPage} from './pages/panelPage';
import {StatusBar} from './pages/statusBar';
import {TextEditor} from './pages/textEditor';
import {TreeView} from './pages/treeView';
import {webviewFrame, webviewFrames} from './pages/webviewFrame';
import {Probe} from './probe';

export const EXTENSION = 'singscope.singscope';

/** Windows that tests have opened and not closed. */
export const openWindows = new Set<EditorWindow>();

/** One window of VS Code, with the probe in its extension host. */
export class EditorWindow {
  readonly log: PageLog;
  readonly palette: CommandPalette;
  readonly notifications: Notifications;
  readonly editor: TextEditor;
  readonly statusBar: StatusBar;

  private constructor(readonly page: Page, private current: Probe, private readonly probeFolder: string, private readonly end: () => Promise<void>) {
    this.log = new PageLog(page);
    this.palette = new CommandPalette(page);
    this.notifications = new Notifications(page);
    this.editor = new TextEditor(page, () => this.current);
    this.statusBar = new StatusBar(page);
  }

  /**
   * Waits until the window's workbench stands and its extension host answers.
   * @param show brings the window about; resolves with its page
   * @param end closes the window
   */
  static async from(show: () => Promise<Page>, probeFolder: string, end: (page: Page) => Promise<void>): Promise<EditorWindow> {
    const before = Probe.known(probeFolder);
    const page = await show();
    const window = new EditorWindow(page, await ready(page, probeFolder, before), probeFolder, () => end(page));
    openWindows.add(window);
    return window;
  }

  get probe(): Probe {
    return this.current;
  }

  /** The page inside the visible panel (or the `nth` of several). */
  async panel(nth = 0): Promise<PanelPage> {
    return new PanelPage(await webviewFrame(this.page, EXTENSION, nth));
  }

  /** How many webviews of ours are visible. */
  async panelCount(): Promise<number> {
    return (await webviewFrames(this.page, EXTENSION)).length;
  }

  view(title: string): TreeView {
    return new TreeView(this.page, title);
  }

  /**
   * Waits for the folders of a workspace file. VS Code reads that file again once it has reached its server, and on a slow machine
   * sometimes misses that there is one: then the window stays without folders until its user loads it anew.
   */
  async untilFolders(count: number): Promise<void> {
    const areThere = async (): Promise<boolean> => await this.current.evaluate(({vscode}) => vscode.workspace.workspaceFolders?.length ?? 0) === count;
    try {
      await eventually(`${count} folders`, areThere, 15_000);
    } catch {
      await this.reconnect();
      await eventually(`${count} folders`, areThere);
    }
  }

  /** Reloads the window as its user would; the old extension host is gone afterwards. */
  async reload(): Promise<void> {
    const before = Probe.known(this.probeFolder);
    // Longer than the palette may take.
    const loaded = this.page.waitForEvent('load', {timeout: 240_000});
    await this.palette.run('Developer: Reload Window');
    await loaded;
    this.current = await ready(this.page, this.probeFolder, before);
  }

  /** Kills the extension host and waits for the one that VS Code starts in its place; asks for it as a user does where none comes. */
  async crashExtensionHost(): Promise<void> {
    const before = Probe.known(this.probeFolder);
    this.current.kill();
    try {
      this.current = await Probe.next(this.probeFolder, before, 40_000);
    } catch {
      await this.palette.run('Developer: Restart Extension Host');
      this.current = await Probe.next(this.probeFolder, before);
    }
  }

  /** After the server was started again: loads the window anew. */
  async reconnect(): Promise<void> {
    const before = Probe.known(this.probeFolder);
    await this.page.reload();
    this.current = await ready(this.page, this.probeFolder, before);
  }

  async close(): Promise<void> {
    openWindows.delete(this);
    await this.end();
  }
}

async function ready(page: Page, probeFolder: string, before: ReadonlySet<number>): Promise<Probe> {
  await page.locator('.monaco-workbench .statusbar').first().waitFor({timeout: 120_000});
  return await Probe.next(probeFolder, before);
}

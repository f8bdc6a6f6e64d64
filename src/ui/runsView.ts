import {Disposable, EventEmitter, Uri, window, workspace, type MarkdownString, type ThemeIcon, type TreeDataProvider, type TreeItem, type TreeView} from 'vscode';
import {contextKeys, views} from '../contributions';
import {setContext} from './contexts';
import type {LiveRuns} from './liveRuns';
import type {LiveTrials} from './liveTrials';
import type {RunIndex} from './runIndex';
import {runItem} from './runItem';
import {everyNode, runNodes, updateNodes, type RunNode} from './runNodes';

const PAGE = 200;
/** Ages are told in minutes. */
const AGE_MS = 30_000;
/** A run that goes on changes several times a second: its line need not. */
const REDRAW_MS = 1000;

/** The tree of trials and runs. It reads only while somebody looks at it. */
export class RunsView implements TreeDataProvider<RunNode>, Disposable {
  private readonly changed = new EventEmitter<RunNode[] | undefined>();
  private readonly view: TreeView<RunNode>;
  private readonly subscriptions: Disposable[];
  private most = PAGE;
  private timer: NodeJS.Timeout | null = null;
  private readonly ages: NodeJS.Timeout;
  private nodes: Promise<RunNode[]> | null = null;
  private readonly drawn = new WeakMap<RunNode, string>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly index: RunIndex, live: LiveRuns, trials: LiveTrials) {
    const redrawRunning = (): void => {
      void setContext(contextKeys.running, live.all.length + trials.all.length > 0);
      this.redraw();
    };
    this.view = window.createTreeView<RunNode>(views.runs, {treeDataProvider: this, canSelectMany: true, showCollapseAll: true});
    this.ages = setInterval(() => this.redraw(), AGE_MS);
    this.subscriptions = [
      this.view, this.changed,
      index.onDidChange(() => this.redraw()),
      live.onDidChange(redrawRunning), live.onDidEnd(redrawRunning), trials.onDidChange(redrawRunning), trials.onDidEnd(redrawRunning),
      this.view.onDidChangeVisibility(() => this.redraw()),
      workspace.onDidChangeWorkspaceFolders(() => this.redraw()),
    ];
  }

  async getChildren(node?: RunNode): Promise<RunNode[]> {
    if (node !== undefined) return 'children' in node ? node.children : [];
    return await (this.nodes ??= this.read());
  }

  getTreeItem(node: RunNode): TreeItem {
    const item = runItem(node, Date.now());
    this.drawn.set(node, faceOf(item));
    return item;
  }

  /** Shows as many again. */
  showMore(): void {
    this.most += PAGE;
    this.redraw();
  }

  dispose(): void {
    clearInterval(this.ages);
    if (this.timer !== null) clearTimeout(this.timer);
    Disposable.from(...this.subscriptions).dispose();
  }

  private redraw(): void {
    if (this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.view.visible) void this.refresh();
      else this.nodes = null;
    }, REDRAW_MS);
  }

  /**
   * A tree that is drawn anew has no rows for a moment, in which the menu of a row that somebody has open leads
   * nowhere. So that is done only where rows come, go or move; else the rows that changed are drawn.
   */
  private async refresh(): Promise<void> {
    const shown = await this.nodes?.catch(() => null) ?? null;
    const read = this.read();
    const nodes = await read.catch(() => null);
    if (shown !== null && nodes !== null && updateNodes(shown, nodes)) {
      const now = Date.now();
      const changed = everyNode(shown).filter((node) => this.drawn.has(node) && this.drawn.get(node) !== faceOf(runItem(node, now)));
      if (changed.length > 0) this.changed.fire(changed);
      return;
    }
    this.nodes = read;
    this.changed.fire(undefined);
  }

  private async read(): Promise<RunNode[]> {
    const [{records, hidden}, trials] = await Promise.all([this.index.newest(this.most), this.index.trials()]);
    return runNodes(records, trials, hidden, folderOf);
  }
}

/** Name of the workspace's folder that a run belongs to; null where there is only one folder, or none. */
function folderOf(script: string | null, store: string): string | null {
  if ((workspace.workspaceFolders?.length ?? 0) < 2) return null;
  const folder = (script === null ? undefined : workspace.getWorkspaceFolder(Uri.file(script))) ?? workspace.getWorkspaceFolder(Uri.file(store));
  return folder?.name ?? null;
}


/** All of a row that can change. */
function faceOf({label, description, contextValue, iconPath, tooltip}: TreeItem): string {
  const icon = iconPath as ThemeIcon | undefined;
  return JSON.stringify([label, description, contextValue, icon?.id, icon?.color?.id, (tooltip as MarkdownString | undefined)?.value]);
}

import {watch, type FSWatcher} from 'node:fs';
import {dirname, join} from 'node:path';
import {Disposable, EventEmitter, workspace, type Memento} from 'vscode';

const SHELVES = ['runs', 'trials'] as const;
/** Every store has it; a search finds files, not folders. */
const MARKS = '**/.singscope/.gitignore';
const MOST = 50;
/** A run makes several files at once. */
const SETTLE_MS = 150;
const KEPT = 'singscope.stores';

/** The run stores that this workspace's trainings are recorded in, and whether runs come or go in them. */
export class RunStores implements Disposable {
  private readonly known = new Set<string>();
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly changed = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];
  private timer: NodeJS.Timeout | null = null;
  /** A store, a run or a trial came or went. */
  readonly onDidChange = this.changed.event;

  /** @param memory keeps the stores outside of the workspace's folders over a restart */
  constructor(private readonly memory: Memento) {
    const marks = workspace.createFileSystemWatcher(MARKS, false, true, false);
    this.subscriptions = [
      marks,
      marks.onDidCreate((uri) => this.add(dirname(uri.fsPath))),
      marks.onDidDelete(() => this.touch()),
      workspace.onDidChangeWorkspaceFolders(() => void this.search()),
    ];
  }

  /** Absolute paths. */
  get all(): string[] {
    return [...this.known].sort();
  }

  /** Looks through the workspace. */
  async search(): Promise<void> {
    const {findStore} = await import('../runs/runStore');
    for (const store of this.memory.get<string[]>(KEPT, [])) this.known.add(store);
    for (const {uri} of workspace.workspaceFolders ?? []) if (uri.scheme === 'file') this.known.add(findStore(uri.fsPath));
    const marks = await workspace.findFiles(MARKS, '**/node_modules/**', MOST);
    for (const uri of marks) this.known.add(dirname(uri.fsPath));
    this.watchAll();
    this.touch();
  }

  /** A store in which something was or will be recorded. */
  add(store: string): void {
    const fresh = !this.known.has(store);
    this.known.add(store);
    if (fresh) void this.memory.update(KEPT, this.all.filter((path) => path !== '').slice(-MOST));
    this.touch();
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private touch(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.watchAll();
      this.changed.fire();
    }, SETTLE_MS);
  }

  /** Only stores and their shelves are watched, not the runs in them: three watchers a store, however many runs there are. */
  private watchAll(): void {
    for (const store of this.known) for (const folder of [store, ...SHELVES.map((shelf) => join(store, shelf))]) this.watchFolder(folder);
  }

  private watchFolder(folder: string): void {
    if (this.watchers.has(folder)) return;
    try {
      const watcher = watch(folder, {persistent: false}, () => this.touch());
      watcher.on('error', () => {
        watcher.close();
        this.watchers.delete(folder);
      });
      this.watchers.set(folder, watcher);
    } catch {
      // Not there yet: what makes it, or the store's mark, leads here again.
    }
  }
}

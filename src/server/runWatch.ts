import type {RunTail} from './runTail';
import {StoreWatch, type RunNews} from './storeWatch';

/** Between two looks while a run goes on, and while none does. */
const LIVE_MS = 80;
const IDLE_MS = 250;

/** Watches the runs of several stores and tells what is new. */
export class RunWatch {
  private readonly stores = new Map<string, StoreWatch>();
  private timer: NodeJS.Timeout | null = null;
  private sorted: RunTail[] | null = null;

  /** @param tell called with what is new; never with nothing */
  constructor(private readonly tell: (news: RunNews[]) => void, private readonly warn: (message: string) => void) {}

  /** Follows these stores and no others. A store that is not there may come. */
  follow(stores: ReadonlySet<string>): void {
    for (const [path, watch] of this.stores) {
      if (stores.has(path)) continue;
      this.stores.delete(path);
      this.deliver(watch.runs.map((run) => ({run, kind: 'gone'})));
    }
    for (const path of stores) if (!this.stores.has(path)) this.stores.set(path, new StoreWatch(path, this.warn));
    this.schedule(0);
  }

  /** All runs that were read, newest first. */
  get runs(): readonly RunTail[] {
    this.sorted ??= [...this.stores.values()].flatMap((store) => store.runs).sort((a, b) => b.launch.created - a.launch.created || (a.id < b.id ? 1 : -1));
    return this.sorted;
  }

  /** A run of any store, watched or not; null where it can't be read. */
  run(store: string, id: string): RunTail | null {
    const watched = this.stores.get(store) ?? new StoreWatch(store, this.warn);
    const run = watched.run(id);
    this.sorted = null;
    return run;
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(delay: number): void {
    this.stop();
    this.timer = setTimeout(() => { this.look(); }, delay);
  }

  private look(): void {
    const stores = [...this.stores.values()];
    const news = stores.flatMap((store) => store.look());
    // One old run a turn: requests are answered between them.
    const behind = stores.find((store) => store.hasOlder);
    if (behind !== undefined) news.push(...behind.readOlder());
    this.schedule(behind !== undefined ? 0 : stores.some((store) => store.isLive) ? LIVE_MS : IDLE_MS);
    this.deliver(news);
  }

  private deliver(news: RunNews[]): void {
    if (news.length === 0) return;
    this.sorted = null;
    this.tell(news);
  }
}

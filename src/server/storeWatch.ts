import {statSync} from 'node:fs';
import {join} from 'node:path';
import {listRunIds, runDir} from '../runs/runStore';
import {RunTail} from './runTail';

/** Older runs are let be: reading thousands would tell nothing about today's code. */
const MOST_RUNS = 200;
/** A folder without its run.json is one that is being made; for so long it is looked at again. */
const PATIENCE_MS = 10_000;
/** Resolution of a folder's time on the coarsest file systems that matter. */
const COARSE_MS = 50;

/** What happened to a run. */
export interface RunNews {
  run: RunTail;
  kind: 'found' | 'known' | 'stepped' | 'gone';
}

/** The runs of one store, newest first, as they come, go on and go. */
export class StoreWatch {
  private readonly tails = new Map<string, RunTail>();
  /** Ids that are not read yet, newest last. */
  private backlog: string[] = [];
  private readonly pending = new Map<string, number>();
  private readonly seen = new Set<string>();
  private folderStamp = '';

  constructor(readonly store: string, private readonly warn: (message: string) => void) {}

  /** Runs that were read, newest first. */
  get runs(): RunTail[] {
    return [...this.tails.values()].sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  }

  get isLive(): boolean {
    return this.pending.size > 0 || [...this.tails.values()].some((tail) => tail.isLive);
  }

  /** Whether runs are left that `readOlder` has not read. */
  get hasOlder(): boolean {
    return this.backlog.length > 0;
  }

  /** Looks for new and vanished runs, and at those that go on. */
  look(now = Date.now()): RunNews[] {
    const news: RunNews[] = [];
    const stamp = stampOf(join(this.store, 'runs'), now);
    if (stamp !== this.folderStamp) {
      this.folderStamp = stamp;
      this.list(news, now);
    }
    for (const [id, since] of this.pending) {
      if (this.read(id, news, now - since > PATIENCE_MS ? this.warn : ignore) || now - since > PATIENCE_MS) this.pending.delete(id);
    }
    for (const tail of this.tails.values()) if (tail.isLive) this.follow(tail, news, now);
    return news;
  }

  /** Reads one more of the runs that were there before, the newest first. */
  readOlder(): RunNews[] {
    const news: RunNews[] = [];
    const id = this.backlog.pop();
    if (id !== undefined && !this.read(id, news, ignore)) this.pending.set(id, Date.now());
    return news;
  }

  /** A run by its id, read now if it has not been; null where there is none. */
  run(id: string): RunTail | null {
    if (!this.tails.has(id)) this.read(id, [], ignore);
    return this.tails.get(id) ?? null;
  }

  private list(news: RunNews[], now: number): void {
    const ids = idsOf(this.store);
    const present = new Set(ids);
    for (const [id, run] of this.tails) {
      if (present.has(id)) continue;
      this.tails.delete(id);
      news.push({run, kind: 'gone'});
    }
    this.backlog = this.backlog.filter((id) => present.has(id));
    for (const id of this.pending.keys()) if (!present.has(id)) this.pending.delete(id);
    const fresh = ids.filter((id) => !this.seen.has(id));
    const isFirst = this.seen.size === 0;
    for (const id of ids) this.seen.add(id);
    for (const id of this.seen) if (!present.has(id)) this.seen.delete(id);
    if (isFirst) this.backlog = fresh.slice(-MOST_RUNS);
    else for (const id of fresh) this.pending.set(id, now);
  }

  private read(id: string, news: RunNews[], warn: (message: string) => void): boolean {
    const run = RunTail.open(this.store, runDir(this.store, id), warn);
    if (run === null) return false;
    this.tails.set(id, run);
    this.follow(run, news, Date.now());
    news.push({run, kind: run.findings.length > 0 ? 'found' : 'known'});
    return true;
  }

  private follow(run: RunTail, news: RunNews[], now: number): void {
    const spoke = run.speaks(now);
    const {found, known, stepped} = run.look(now);
    if (found) news.push({run, kind: 'found'});
    else if (known || run.speaks(now) !== spoke) news.push({run, kind: 'known'});
    else if (stepped) news.push({run, kind: 'stepped'});
  }
}

function ignore(): void {
  // A run that is being made is no damage.
}

function idsOf(store: string): string[] {
  try {
    return listRunIds(store);
  } catch {
    return [];
  }
}

/** Changes when a run folder comes or goes. A time that has just been is no sign yet: another may come within it. */
function stampOf(folder: string, now: number): string {
  try {
    const {mtimeMs, ino} = statSync(folder);
    return now - mtimeMs < COARSE_MS ? `${ino} ${mtimeMs} ${now}` : `${ino} ${mtimeMs}`;
  } catch {
    return '';
  }
}

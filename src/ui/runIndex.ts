import {Disposable, EventEmitter} from 'vscode';
import {contextKeys, type RunArgument, type TrialArgument} from '../contributions';
import type {RunOverview, RunOverviews} from '../runs/runOverview';
import type {TrialOverview} from '../session/trialOverview';
import {setContext} from './contexts';
import type {LiveRuns} from './liveRuns';
import type {LiveTrials} from './liveTrials';
import type {RunStores} from './runStores';

/** A run that goes on is among the newest. */
const LOOKED_AT = 50;

export interface RunRecord extends RunArgument, RunOverview {}

export interface TrialRecord {
  store: string;
  /** Its id. */
  trial: string;
  overview: TrialOverview;
}

/** All runs and trials of the workspace's stores, read when somebody asks. */
export class RunIndex implements Disposable {
  private overviews: RunOverviews | null = null;
  private readonly finished = new Map<string, TrialRecord>();
  private readonly changed = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly stores: RunStores, private readonly live: LiveRuns, private readonly liveTrials: LiveTrials) {
    this.subscriptions = [stores.onDidChange(() => void this.followNew()), live.onDidEnd(() => this.changed.fire()), liveTrials.onDidEnd(() => this.changed.fire())];
  }

  /** The newest runs, newest first, and how many there are besides. Those that can't be read are left out. */
  async newest(most: number): Promise<{records: RunRecord[]; hidden: number}> {
    const {listRunIds} = await import('../runs/runStore');
    const all = this.stores.all.flatMap((store) => listRunIds(store).map((run) => ({store, run})));
    // Ids sort by time.
    all.sort((a, b) => (a.run < b.run ? 1 : -1));
    return {records: await this.read(all.slice(0, most)), hidden: Math.max(0, all.length - most)};
  }

  /** Null where it is gone. */
  async find({store, run}: RunArgument): Promise<RunRecord | null> {
    return (await this.read([{store, run}]))[0] ?? null;
  }

  /** The newest trials, newest first; those whose file can't be read are left out. */
  async trials(most = LOOKED_AT): Promise<TrialRecord[]> {
    const {listTrialIds} = await import('../runs/runStore');
    const all = this.stores.all.flatMap((store) => listTrialIds(store).map((trial) => ({store, trial})));
    all.sort((a, b) => (a.trial < b.trial ? 1 : -1));
    const records = await Promise.all(all.slice(0, most).map((trial) => this.findTrial(trial)));
    return records.filter((record) => record !== null);
  }

  /** Null where it is gone, or its file can't be read. */
  async findTrial({store, trial}: TrialArgument): Promise<TrialRecord | null> {
    const key = `${store}\0${trial}`;
    const known = this.finished.get(key);
    if (known !== undefined) return known;
    const [{readTrialOverview}, {trialDir}] = await Promise.all([import('../session/trialOverview'), import('../runs/runStore')]);
    try {
      const record = {store, trial, overview: readTrialOverview(trialDir(store, trial), await this.knownOverviews())};
      if (record.overview.state === 'finished') this.finished.set(key, record);
      return record;
    } catch {
      return null;
    }
  }

  /** Reads all anew. */
  refresh(): void {
    this.overviews = null;
    this.finished.clear();
    void this.stores.search();
  }

  dispose(): void {
    Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private async read(references: readonly RunArgument[]): Promise<RunRecord[]> {
    const [overviews, {runDir}] = await Promise.all([this.knownOverviews(), import('../runs/runStore')]);
    return references.flatMap(({store, run}): RunRecord[] => {
      try {
        return [{store, run, ...overviews.get(runDir(store, run))}];
      } catch {
        return [];
      }
    });
  }

  private async knownOverviews(): Promise<RunOverviews> {
    const {RunOverviews: Overviews} = await import('../runs/runOverview');
    return this.overviews ??= new Overviews();
  }

  /** Runs that somebody else started, or that went on while no window was open, are followed from now on. */
  private async followNew(): Promise<void> {
    const {records} = await this.newest(LOOKED_AT);
    for (const {store, run, status} of records) {
      if (status === 'running') await this.live.follow(store, run).catch(() => undefined);
    }
    for (const {store, trial, overview} of await this.trials()) {
      if (overview.state === 'running') await this.liveTrials.follow({store, trial}).catch(() => undefined);
    }
    void setContext(contextKeys.hasRuns, records.length > 0);
    void setContext(contextKeys.loaded, true);
    this.changed.fire();
  }
}

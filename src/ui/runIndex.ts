import {Disposable, EventEmitter} from 'vscode';
import {contextKeys, type RunArgument, type TrialArgument} from '../contributions';
import type {RunOverview, RunOverviews} from '../runs/runOverview';
import type {Trial} from '../runs/trial';
import {setContext} from './contexts';
import type {LiveRuns} from './liveRuns';
import type {RunStores} from './runStores';

/** A run that goes on is among the newest. */
const LOOKED_AT = 50;

export interface RunRecord extends RunArgument, RunOverview {}

export interface TrialRecord extends TrialArgument {
  file: Trial;
}

/** All runs and trials of the workspace's stores, read when somebody asks. */
export class RunIndex implements Disposable {
  private overviews: RunOverviews | null = null;
  private readonly changed = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly stores: RunStores, private readonly live: LiveRuns) {
    this.subscriptions = [stores.onDidChange(() => void this.followNew()), live.onDidEnd(() => this.changed.fire())];
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

  /** Trials, newest first; those whose file can't be read are left out. */
  async trials(): Promise<TrialRecord[]> {
    const [{listTrialIds, trialDir}, {readTrial}] = await Promise.all([import('../runs/runStore'), import('../runs/trial')]);
    const all = this.stores.all.flatMap((store) => listTrialIds(store).flatMap((trial): TrialRecord[] => {
      try {
        return [{store, trial, file: readTrial(trialDir(store, trial))}];
      } catch {
        return [];
      }
    }));
    return all.sort((a, b) => (a.trial < b.trial ? 1 : -1));
  }

  async findTrial({store, trial}: TrialArgument): Promise<TrialRecord | null> {
    return (await this.trials()).find((record) => record.store === store && record.trial === trial) ?? null;
  }

  /** Reads all anew. */
  refresh(): void {
    this.overviews = null;
    void this.stores.search();
  }

  dispose(): void {
    Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private async read(references: readonly RunArgument[]): Promise<RunRecord[]> {
    const [{RunOverviews: Overviews}, {runDir}] = await Promise.all([import('../runs/runOverview'), import('../runs/runStore')]);
    const overviews = this.overviews ??= new Overviews();
    return references.flatMap(({store, run}): RunRecord[] => {
      try {
        return [{store, run, ...overviews.get(runDir(store, run))}];
      } catch {
        return [];
      }
    });
  }

  /** Runs that somebody else started, or that went on while no window was open, are followed from now on. */
  private async followNew(): Promise<void> {
    const {records} = await this.newest(LOOKED_AT);
    for (const {store, run, status} of records) {
      if (status === 'running') await this.live.follow(store, run).catch(() => undefined);
    }
    void setContext(contextKeys.hasRuns, records.length > 0);
    void setContext(contextKeys.loaded, true);
    this.changed.fire();
  }
}

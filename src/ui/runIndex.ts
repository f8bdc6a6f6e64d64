import {Disposable, EventEmitter} from 'vscode';
import {contextKeys, type RunArgument, type TrialArgument} from '../contributions';
import type {Trial} from '../runs/trial';
import {setContext} from './contexts';
import type {LiveRuns} from './liveRuns';
import type {RunRecord} from './runRecord';
import type {RunStores} from './runStores';

export interface TrialRecord extends TrialArgument {
  file: Trial;
}

/** All runs and trials of the workspace's stores, read when somebody asks; those that are over are read once. */
export class RunIndex implements Disposable {
  private readonly past = new Map<string, RunRecord>();
  private readonly changed = new EventEmitter<void>();
  private readonly subscriptions: Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(private readonly stores: RunStores, private readonly live: LiveRuns) {
    this.subscriptions = [stores.onDidChange(() => void this.followNew()), live.onDidEnd(() => this.changed.fire())];
  }

  /** How many runs there are in all. */
  async count(): Promise<number> {
    return (await this.references()).length;
  }

  /** The newest runs, newest first, those below the first of the past only as many as are asked for. */
  async newest(most: number): Promise<RunRecord[]> {
    return await this.records((await this.references()).slice(0, most));
  }

  /** @returns null where it is gone */
  async find({store, run}: RunArgument): Promise<RunRecord | null> {
    return (await this.records([{store, run}]))[0] ?? null;
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

  refresh(): void {
    this.past.clear();
    this.changed.fire();
  }

  dispose(): void {
    Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  /** Ids sort by time. */
  private async references(): Promise<RunArgument[]> {
    const {listRunIds} = await import('../runs/runStore');
    const all = this.stores.all.flatMap((store) => listRunIds(store).map((run) => ({store, run})));
    return all.sort((a, b) => (a.run < b.run ? 1 : -1));
  }

  private async records(references: readonly RunArgument[]): Promise<RunRecord[]> {
    const {readRecord} = await import('./runRecord');
    return references.flatMap(({store, run}): RunRecord[] => {
      const key = `${store}\0${run}`;
      const live = this.live.find({store, run});
      if (live !== null) {
        const {launch, status, state, findings} = live;
        return [{store, run, launch, status, findings, steps: state.step, loss: state.loss, ended: null}];
      }
      const record = this.past.get(key) ?? readRecord(store, run);
      if (record !== null && record.status !== 'running') this.past.set(key, record);
      return record === null ? [] : [record];
    });
  }

  /** Runs that somebody else started, or that went on while no window was open, are followed from now on. */
  private async followNew(): Promise<void> {
    for (const {store, run, status} of await this.newest(LOOKED_AT)) {
      if (status === 'running') await this.live.follow(store, run).catch(() => undefined);
    }
    void setContext(contextKeys.hasRuns, await this.count() > 0);
    void setContext(contextKeys.loaded, true);
    this.changed.fire();
  }
}

/** A run that goes on is among the newest. */
const LOOKED_AT = 50;

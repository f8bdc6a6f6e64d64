import {EventEmitter, type Disposable} from 'vscode';
import type {TrialArgument} from '../contributions';
import type {TrialOverview} from '../session/trialOverview';

const LOOK_MS = 500;

/** A trial that is being worked off, or was until now. */
export interface LiveTrial extends TrialArgument {
  overview: TrialOverview;
  /** The user asked for its end here. */
  stopped: boolean;
}

/** Follows trials through their folders, whichever window or terminal started them. */
export class LiveTrials implements Disposable {
  private readonly followed = new Map<string, LiveTrial>();
  private readonly changed = new EventEmitter<LiveTrial>();
  private readonly ended = new EventEmitter<LiveTrial>();
  private timer: NodeJS.Timeout | null = null;
  readonly onDidChange = this.changed.event;
  /** A trial is over: through, stopped, or left by its process. */
  readonly onDidEnd = this.ended.event;

  /** Trials that go on, oldest first. */
  get all(): LiveTrial[] {
    return [...this.followed.values()];
  }

  find(store: string, trial: string | null): LiveTrial | null {
    return trial === null ? null : this.followed.get(keyOf(store, trial)) ?? null;
  }

  /** Follows a trial until it ends. @throws RunError where its file can't be read */
  async follow({store, trial}: TrialArgument): Promise<void> {
    const overview = await this.read(store, trial);
    if (overview.state !== 'running' || this.followed.has(keyOf(store, trial))) return;
    const entry: LiveTrial = {store, trial, overview, stopped: false};
    this.followed.set(keyOf(store, trial), entry);
    this.changed.fire(entry);
    this.timer ??= setTimeout(() => void this.look(), LOOK_MS);
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.changed.dispose();
    this.ended.dispose();
  }

  private async look(): Promise<void> {
    for (const entry of this.all) {
      const overview = await this.read(entry.store, entry.trial).catch(() => null);
      if (overview !== null) entry.overview = overview;
      const over = overview === null || overview.state !== 'running';
      if (over) this.followed.delete(keyOf(entry.store, entry.trial));
      this.changed.fire(entry);
      if (over) this.ended.fire(entry);
    }
    this.timer = this.followed.size === 0 ? null : setTimeout(() => void this.look(), LOOK_MS);
  }

  private async read(store: string, trial: string): Promise<TrialOverview> {
    const [{readTrialOverview}, {trialDir}] = await Promise.all([import('../session/trialOverview'), import('../runs/runStore')]);
    return readTrialOverview(trialDir(store, trial));
  }
}

function keyOf(store: string, trial: string): string {
  return `${store}\0${trial}`;
}

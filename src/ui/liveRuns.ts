import {EventEmitter, type Disposable} from 'vscode';
import type {RunArgument} from '../contributions';
import type {Finding} from '../protocol/finding';
import type {Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import type {ProgressState, RunProgress} from '../session/runProgress';
import type {StopLadder} from '../session/stopLadder';

const LOOK_MS = 200;
/** Whoever sees a process end writes that down a moment later: until then its run only seems to have crashed. */
const END_MS = 2000;

/** A run that goes on, or has just ended, as this window follows it. */
export interface LiveRun extends RunArgument {
  readonly launch: Launch;
  state: ProgressState;
  status: RunStatus;
  readonly findings: Finding[];
  readonly notices: {code: string; message: string}[];
  /** Stop of a run that this window started; another is stopped by its process. */
  stop: StopLadder | null;
}

interface Followed {
  run: LiveRun;
  progress: RunProgress;
  /** Since when its process is gone without a word; null while it is there. */
  goneSince: number | null;
}

/**
 * Follows runs through their folders, whoever started them: this window, another, a terminal, or
 * an editor that is no longer there.
 */
export class LiveRuns implements Disposable {
  private readonly followed = new Map<string, Followed>();
  private readonly changed = new EventEmitter<LiveRun>();
  private readonly ended = new EventEmitter<LiveRun>();
  private timer: NodeJS.Timeout | null = null;
  /** Something came to a run. */
  readonly onDidChange = this.changed.event;
  /** A run is over; it is no longer in `all`. */
  readonly onDidEnd = this.ended.event;

  /** Runs that go on, oldest first. */
  get all(): LiveRun[] {
    return [...this.followed.values()].map(({run}) => run);
  }

  find({store, run}: RunArgument): LiveRun | null {
    return this.followed.get(keyOf(store, run))?.run ?? null;
  }

  /**
   * Follows a run until it ends; one that is followed already is only given back.
   * @throws RunError where its folder can't be read
   */
  async follow(store: string, run: string): Promise<LiveRun> {
    const [{RunProgress}, {runDir}] = await Promise.all([import('../session/runProgress'), import('../runs/runStore')]);
    const key = keyOf(store, run);
    const known = this.followed.get(key);
    if (known !== undefined) return known.run;
    const progress = new RunProgress(runDir(store, run));
    const entry: Followed = {progress, goneSince: null, run: {store, run, launch: progress.launch, state: progress.state, status: 'running', findings: [], notices: [], stop: null}};
    this.followed.set(key, entry);
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
    this.changed.fire(entry.run);
    return entry.run;
  }

  dispose(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.changed.dispose();
    this.ended.dispose();
  }

  private look(): void {
    for (const [key, entry] of this.followed) {
      const {run, progress} = entry;
      const status = settledStatus(entry);
      const news = progress.look();
      run.findings.push(...news.findings);
      run.notices.push(...news.notices);
      run.state = progress.state;
      run.status = status;
      if (status !== 'running') this.followed.delete(key);
      if (news.changed || status !== 'running') this.changed.fire(run);
      if (status !== 'running') this.ended.fire(run);
    }
    if (this.followed.size > 0 || this.timer === null) return;
    clearInterval(this.timer);
    this.timer = null;
  }
}

function settledStatus(entry: Followed): RunStatus {
  const status = statusOf(entry.progress);
  if (status !== 'crashed') return status;
  entry.goneSince ??= Date.now();
  return Date.now() - entry.goneSince < END_MS ? 'running' : status;
}

/** A folder that vanishes while it is followed ends there. */
function statusOf(progress: RunProgress): RunStatus {
  try {
    return progress.status;
  } catch {
    return 'crashed';
  }
}

function keyOf(store: string, run: string): string {
  return `${store}\0${run}`;
}

import {runDir} from '../runs/runStore';
import {openRun} from '../runs/runReader';
import {writeTrial, type Trial} from '../runs/trial';
import {stopOf} from './liveRun';
import type {NodeProgram} from './nodeCommand';
import {startRun} from './runLaunch';
import {RunProgress} from './runProgress';
import type {ScriptSettings} from './sessionSettings';
import type {StopLadder} from './stopLadder';
import {REPEAT_ARM, runOfJob, sameJob, trialJobs, type TrialJob} from './trialPlan';
import {readJobState} from './trialResume';

const LOOK_MS = 250;

/** A job that goes on now. */
export interface ActiveJob {
  job: TrialJob;
  progress: RunProgress;
  stop: StopLadder;
}

/** What is known of a trial while it runs. */
export interface TrialState {
  done: number;
  jobs: number;
  active: readonly ActiveJob[];
}

/** Works off the trainings of a trial, a few at a time, and notes each in the trial's file. */
export class TrialSession {
  private readonly queue: TrialJob[];
  private readonly active: ActiveJob[] = [];
  private readonly total: number;
  private done = 0;
  private stopping = false;

  /**
   * @param settings with the store that the trial lies in
   * @param onEnd hears of each job that has ended, before it leaves the active ones
   */
  constructor(
    private readonly settings: ScriptSettings,
    private readonly node: NodeProgram,
    private readonly trial: Trial,
    private readonly parallel: number,
    private readonly onEnd: (entry: ActiveJob) => void,
  ) {
    const jobs = trialJobs(trial.arms.map(({name}) => name), trial.seeds);
    this.total = jobs.length;
    this.queue = jobs.filter((job) => readJobState(settings.store, trial, job) !== 'done');
    this.done = this.total - this.queue.length;
  }

  get state(): TrialState {
    return {done: this.done, jobs: this.total, active: this.active};
  }

  /** Is there nothing left to do? */
  get complete(): boolean {
    return this.done === this.total;
  }

  /** Resolves when all jobs are through, or no more are to start. Rejects where one can't be started. */
  async run(): Promise<void> {
    const workers = Array.from({length: Math.min(this.parallel, this.queue.length)}, () => this.work());
    const results = await Promise.allSettled(workers);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Starts nothing more and stops what runs; again: without waiting. */
  stop(): void {
    this.stopping = true;
    for (const {stop} of this.active) stop.press();
  }

  private async work(): Promise<void> {
    for (let job = this.queue.shift(); job !== undefined && !this.stopping; job = this.queue.shift()) {
      const running = readJobState(this.settings.store, this.trial, job) === 'running';
      const over = running ? await this.adopt(job) : await this.start(job);
      if (over) this.done++;
      // A script that fails before its first step fails with every seed.
      else if (this.failedAtOnce(job)) this.queue.length = 0;
    }
  }

  /** @returns whether the job came to its own end */
  private async start(job: TrialJob): Promise<boolean> {
    const {settings, trial} = this;
    const arm = job.arm === REPEAT_ARM ? 'off' : job.arm;
    const sing = {...settings.sing, mode: arm === 'clip' ? 'off' as const : arm};
    const seed = trial.options.keepSeed === true ? null : job.seed;
    const started = await startRun({...settings, sing, seed}, this.node, {trial: trial.id, arm});
    trial.runs.push({...job, run: started.id});
    writeTrial(settings.store, trial);
    const entry: ActiveJob = {job, progress: new RunProgress(started.dir), stop: started.stop};
    this.active.push(entry);
    // The stop may have come while the process was being started.
    if (this.stopping) entry.stop.press();
    await started.ended;
    await started.stop.settled();
    this.leave(entry);
    return readJobState(settings.store, trial, job) === 'done';
  }

  /** A session that died has left this one running: it is waited for like one of ours. */
  private async adopt(job: TrialJob): Promise<boolean> {
    const {store} = this.settings;
    const dir = runDir(store, runOfJob(this.trial, job) ?? '');
    const reader = openRun(dir);
    const stop = stopOf(reader);
    if (stop === null) return this.start(job);
    const entry: ActiveJob = {job, progress: new RunProgress(dir), stop};
    this.active.push(entry);
    while (entry.progress.status === 'running') await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    await stop.settled();
    this.leave(entry);
    const state = readJobState(store, this.trial, job);
    return state === 'open' && !this.stopping ? this.start(job) : state === 'done';
  }

  private leave(entry: ActiveJob): void {
    this.onEnd(entry);
    const at = this.active.findIndex(({job}) => sameJob(job, entry.job));
    if (at >= 0) this.active.splice(at, 1);
  }

  private failedAtOnce(job: TrialJob): boolean {
    const reader = openRun(runDir(this.settings.store, runOfJob(this.trial, job) ?? ''));
    return reader.steps.length === 0 && reader.status() !== 'finished' && job.arm !== 'on';
  }
}

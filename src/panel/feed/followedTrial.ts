import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {PanelTrial} from '../../protocol/panel';
import {readTrial, type Trial} from '../../runs/trial';
import {claimOwner} from '../../runs/trialClaim';
import {trialDir} from '../../runs/runStore';
import {runOfJob, trialJobs} from '../../session/trialPlan';
import {jobState} from '../../session/trialResume';
import {summarizeTrial} from '../../session/trialSummary';
import type {FollowedRun} from './followedRun';

const LOOK_MS = 250;
/** Between two runs of a trial nothing may run for a moment. */
const PAUSE_MS = 5_000;
const TRIAL_FILE = 'trial.json';
const REPORT_FILE = 'report.html';

/** A trial that a panel shows: its file is read again when it changes. */
export class FollowedTrial {
  private trial: Trial;
  private readonly dir: string;
  private modified = NaN;
  private lookedAt = -Infinity;
  private verdict: PanelTrial['verdict'] = null;

  /** @throws RunError where the folder holds no trial that can be read */
  constructor(private readonly store: string, id: string) {
    this.dir = trialDir(store, id);
    this.trial = readTrial(this.dir);
  }

  /** Looks whether its file changed. @param now milliseconds */
  look(now: number): void {
    if (now - this.lookedAt < LOOK_MS) return;
    this.lookedAt = now;
    const modified = statSync(join(this.dir, TRIAL_FILE), {throwIfNoEntry: false})?.mtimeMs ?? NaN;
    if (Number.isNaN(modified) || modified === this.modified) return;
    try {
      this.trial = readTrial(this.dir);
      this.modified = modified;
    } catch {
      // What was read before stays; the next look tries again.
    }
  }

  /** Runs that were started, in the order of the trial's plan. */
  get runs(): string[] {
    const started = this.jobs.flatMap((job) => runOfJob(this.trial, job) ?? []);
    return [...new Set(started)];
  }

  /** Where it stands. @param runs those of its runs that can be read */
  state(runs: ReadonlyMap<string, FollowedRun>): PanelTrial {
    const {jobs} = this;
    const states = jobs.map((job) => {
      const run = runs.get(runOfJob(this.trial, job) ?? '');
      return run ? stateOf(run) : 'open';
    });
    const done = states.filter((state) => state === 'done').length;
    const state = done === jobs.length ? 'finished' : states.includes('running') || this.isWorkedOff() ? 'running' : 'interrupted';
    if (state === 'finished') this.verdict ??= this.judge();
    else this.verdict = null;
    return {id: this.trial.id, state, done, jobs: jobs.length, verdict: this.verdict, hasReport: existsSync(join(this.dir, REPORT_FILE))};
  }

  private get jobs() {
    return trialJobs(this.trial.arms.map(({name}) => name), this.trial.seeds);
  }

  private isWorkedOff(): boolean {
    return claimOwner(this.dir) !== null || Date.now() - this.modified < PAUSE_MS;
  }

  private judge(): PanelTrial['verdict'] {
    const {winner, pValue, effect, text} = summarizeTrial(this.store, this.trial).verdict;
    return {winner, pValue, effect, text};
  }
}

function stateOf({reader, status, complete}: FollowedRun): 'open' | 'running' | 'done' {
  if (!complete) return 'running';
  const asked = reader.events('stop').some(({by}) => by === 'request');
  return jobState({
    status, interrupted: asked || reader.exit?.interrupted === true,
    sawEnd: reader.exit !== null || reader.lastEvent('end') !== null, trained: reader.steps.length > 0,
  });
}

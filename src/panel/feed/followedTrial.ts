import {existsSync, statSync} from 'node:fs';
import {join} from 'node:path';
import type {PanelTrial} from '../../protocol/panel';
import type {Verdict} from '../../protocol/runSummary';
import {trialDir} from '../../runs/runStore';
import {readTrial, trialFiles, type Trial} from '../../runs/trial';
import {claimOwner} from '../../runs/trialClaim';
import {readSummary} from '../../session/trialOverview';
import {runOfJob, trialJobs, type TrialJob} from '../../session/trialPlan';
import {jobState} from '../../session/trialResume';
import {summarizeTrial} from '../../session/trialSummary';
import type {FollowedRun} from './followedRun';

const LOOK_MS = 250;
/** A trial that was just begun, or is between two runs, may have neither a run nor a claim for a moment. */
const PAUSE_MS = 5_000;

/** A trial that a panel shows: its small files are looked at again and again. */
export class FollowedTrial {
  private trial: Trial;
  private readonly dir: string;
  private modified = NaN;
  private lookedAt = -Infinity;
  private isClaimed = false;
  private hasReport = false;
  /** Verdict of the trial's own end; null before. */
  private concluded: Verdict | null = null;
  /** Of a trial whose runs are all there, but which nobody has concluded. */
  private judged: Verdict | null = null;

  /** @throws RunError where the folder holds no trial that can be read */
  constructor(private readonly store: string, id: string) {
    this.dir = trialDir(store, id);
    this.trial = readTrial(this.dir);
  }

  /** Looks at its files. @param now milliseconds @returns whether it was time to */
  look(now: number): boolean {
    if (now - this.lookedAt < LOOK_MS) return false;
    this.lookedAt = now;
    this.isClaimed = claimOwner(this.dir) !== null;
    this.hasReport = existsSync(join(this.dir, trialFiles.report));
    this.concluded = this.isClaimed ? null : (readSummary(this.dir)?.verdict ?? null);
    const modified = statSync(join(this.dir, trialFiles.trial), {throwIfNoEntry: false})?.mtimeMs ?? NaN;
    if (Number.isNaN(modified) || modified === this.modified) return true;
    try {
      this.trial = readTrial(this.dir);
      this.modified = modified;
    } catch {
      // What was read before stays; the next look tries again.
    }
    return true;
  }

  /** Runs that were started, in the order of the trial's plan. */
  get runs(): string[] {
    const started = this.jobs.flatMap((job) => runOfJob(this.trial, job) ?? []);
    return [...new Set(started)];
  }

  /** Where it stands. @param runs those of its runs that can be read */
  state(runs: ReadonlyMap<string, FollowedRun>): PanelTrial {
    const {jobs, hasReport, trial: {id}} = this;
    const states = jobs.map((job) => {
      const run = runs.get(runOfJob(this.trial, job) ?? '');
      return run ? stateOf(run) : 'open';
    });
    const done = states.filter((state) => state === 'done').length;
    const through = this.concluded !== null || done === jobs.length;
    const goesOn = this.isClaimed || (!through && (states.includes('running') || Date.now() - this.modified < PAUSE_MS));
    const state = goesOn ? 'running' : through ? 'finished' : 'interrupted';
    return {id, state, done, jobs: jobs.length, verdict: state === 'finished' ? this.verdict() : null, hasReport};
  }

  private get jobs(): TrialJob[] {
    return trialJobs(this.trial.arms.map(({name}) => name), this.trial.seeds);
  }

  private verdict(): PanelTrial['verdict'] {
    const {winner, pValue, effect, pairs, text} = this.concluded ?? (this.judged ??= summarizeTrial(this.store, this.trial).verdict);
    return {winner, pValue, effect, pairs, text};
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

import type {ArmName, RunStatus} from '../protocol/runSummary';
import {readOverview, type RunOverview} from '../runs/runOverview';
import {listTrialIds, newTrialId, runDir, trialDir} from '../runs/runStore';
import {newTrial, readTrial, type Trial} from '../runs/trial';
import type {ScriptSettings} from './sessionSettings';
import {storedSettings} from './storedSettings';
import {runOfJob, specHash, trialJobs, type TrialJob} from './trialPlan';

/** What has become of a job: to do, still going on in a process of an earlier session, or over. */
export type JobState = 'open' | 'running' | 'done';

/** What is known of the run of a job. */
export interface JobEvidence {
  status: RunStatus;
  /** Somebody asked it to stop. */
  interrupted: boolean;
  /** It came to an end that somebody saw, and did not vanish with its session. */
  sawEnd: boolean;
  /** It made a step. */
  trained: boolean;
}

/** State of a run as a job's result: one that was stopped, vanished, or failed before its first step is to be done again. */
export function jobState({status, interrupted, sawEnd, trained}: JobEvidence): JobState {
  if (status === 'running') return 'running';
  const failedAtOnce = !trained && status !== 'finished';
  return interrupted || !sawEnd || failedAtOnce ? 'open' : 'done';
}

/** State of a job of a trial, from the run folder. */
export function readJobState(store: string, trial: Trial, job: TrialJob): JobState {
  const run = runOfJob(trial, job);
  if (run === null) return 'open';
  try {
    return overviewState(readOverview(runDir(store, run)));
  } catch {
    return 'open';
  }
}

/** State of a job by the overview of its run. */
export function overviewState({status, interrupted, ended, steps}: RunOverview): JobState {
  return jobState({status, interrupted, sawEnd: ended !== null, trained: steps > 0});
}

/** The newest trial of the same spec that has jobs to do or going on; null when there is none. */
export function findUnfinished(store: string, spec: string, arms: readonly ArmName[], seeds: readonly number[]): Trial | null {
  for (const id of listTrialIds(store).reverse()) {
    const trial = readable(store, id);
    if (trial === null || trial.options.spec !== spec) continue;
    const same = trial.arms.map(({name}) => name).join() === arms.join() && trial.seeds.join() === seeds.join();
    if (same && trialJobs(arms, seeds).some((job) => readJobState(store, trial, job) !== 'done')) return trial;
  }
  return null;
}

/** A trial that has run nothing yet. */
export function freshTrial(settings: ScriptSettings, keepSeed: boolean, arms: readonly ArmName[], seeds: number[]): Trial {
  const {script, args, cwd, lrScale} = settings;
  return newTrial({
    id: newTrialId(), script, args, cwd, created: Date.now(), seeds, runs: [],
    arms: arms.map((name) => ({name, lrScale})),
    options: {spec: specHash(settings, keepSeed), keepSeed, settings: storedSettings(settings)},
  });
}

function readable(store: string, id: string): Trial | null {
  try {
    return readTrial(trialDir(store, id));
  } catch {
    return null;
  }
}

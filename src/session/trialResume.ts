import type {ArmName, RunStatus} from '../protocol/runSummary';
import {EventLog} from '../runs/eventLog';
import {readExit} from '../runs/launchFile';
import {listTrialIds, newTrialId, runDir, trialDir} from '../runs/runStore';
import {readRunStatus} from '../runs/status';
import {newTrial, readTrial, type Trial} from '../runs/trial';
import type {ScriptSettings} from './sessionSettings';
import {runOfJob, specHash, trialJobs, type TrialJob} from './trialPlan';

/** What has become of a job: to do, still going on in a process of an earlier session, or over. */
export type JobState = 'open' | 'running' | 'done';

/** State of a run as a job's result: one that somebody stopped, or that died with its session, is to be done again. */
export function jobState(status: RunStatus, interrupted: boolean, sawEnd: boolean): JobState {
  if (status === 'running') return 'running';
  return interrupted || !sawEnd ? 'open' : 'done';
}

/** State of a job of a trial, from the run folder. */
export function readJobState(store: string, trial: Trial, job: TrialJob): JobState {
  const run = runOfJob(trial, job);
  if (run === null) return 'open';
  const dir = runDir(store, run);
  const exit = readExit(dir);
  const events = new EventLog(dir).read();
  const asked = events.some((event) => event.type === 'stop' && event.by === 'request');
  const sawEnd = exit !== null || events.some((event) => event.type === 'end');
  return jobState(readRunStatus(dir), asked || exit?.interrupted === true, sawEnd);
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
  const {script, args, cwd, sing, lrScale, maxSteps, runtime} = settings;
  return newTrial({
    id: newTrialId(), script, args, cwd, created: Date.now(), seeds, runs: [],
    arms: arms.map((name) => ({name, lrScale})),
    options: {spec: specHash(settings, keepSeed), keepSeed, sing, maxSteps, runtime},
  });
}

function readable(store: string, id: string): Trial | null {
  try {
    return readTrial(trialDir(store, id));
  } catch {
    return null;
  }
}

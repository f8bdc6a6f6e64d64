import {existsSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import * as v from 'valibot';
import {jsonNumberSchema} from '../protocol/jsonNumber';
import type {TrialSummary, Verdict} from '../protocol/runSummary';
import {RunOverviews, type RunOverview} from '../runs/runOverview';
import {runDir} from '../runs/runStore';
import {readTrial, trialFiles, type Trial} from '../runs/trial';
import {claimOwner} from '../runs/trialClaim';
import {runOfJob, trialJobs, type TrialJob} from './trialPlan';
import {overviewState} from './trialResume';

type TrialStatus = 'running' | 'finished' | 'interrupted';

/** One training of a trial and what has become of it. */
export interface TrialRunOverview extends TrialJob {
  /** null: not started yet. */
  run: string | null;
  /** null where it was not started, or its folder can't be read. */
  overview: RunOverview | null;
  /** It came to an end that counts; one that was stopped is to be done again. */
  done: boolean;
}

/** Where a trial stands. */
export interface TrialOverview {
  trial: Trial;
  state: TrialStatus;
  done: number;
  jobs: number;
  /** In the order in which they start. */
  runs: TrialRunOverview[];
  /** null until it is finished. */
  verdict: Verdict | null;
  /** Path of the report; null while there is none. */
  report: string | null;
}

/**
 * Reads where a trial stands, from small files.
 * @param overviews of its runs; given by who looks again and again
 * @throws RunError where its file is missing, corrupt or of a newer format
 */
export function readTrialOverview(dir: string, overviews = new RunOverviews()): TrialOverview {
  const trial = readTrial(dir);
  const store = dirname(dirname(dir));
  const runs = trialJobs(trial.arms.map(({name}) => name), trial.seeds).map((job) => overviewOf(store, trial, job, overviews));
  const done = runs.filter((run) => run.done).length;
  const summary = readSummary(dir);
  const through = summary !== null || done === runs.length;
  const state: TrialStatus = claimOwner(dir) !== null ? 'running' : through ? 'finished' : 'interrupted';
  const report = join(dir, trialFiles.report);
  return {trial, state, done, jobs: runs.length, runs, verdict: state === 'finished' ? summary?.verdict ?? null : null, report: existsSync(report) ? report : null};
}

/** What others read of a trial's summary. */
const summarySchema = v.looseObject({
  arms: v.array(v.looseObject({name: v.string(), runs: v.array(v.unknown()), diverged: v.number()})),
  verdict: v.looseObject({winner: v.string(), text: v.string(), pValue: v.nullable(jsonNumberSchema), effect: v.nullable(jsonNumberSchema), pairs: v.number()}),
});

/** The JSON of a trial that came to its own end; null before, and where it is damaged. */
export function readSummary(dir: string): TrialSummary | null {
  try {
    return v.parse(summarySchema, JSON.parse(readFileSync(join(dir, trialFiles.summary), 'utf8'))) as unknown as TrialSummary;
  } catch {
    return null;
  }
}

function overviewOf(store: string, trial: Trial, job: TrialJob, overviews: RunOverviews): TrialRunOverview {
  const run = runOfJob(trial, job);
  if (run === null) return {...job, run, overview: null, done: false};
  try {
    const overview = overviews.get(runDir(store, run));
    return {...job, run, overview, done: overviewState(overview) === 'done'};
  } catch {
    return {...job, run, overview: null, done: false};
  }
}

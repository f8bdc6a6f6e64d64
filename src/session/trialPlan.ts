import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {stringifyJson} from '../protocol/numbers';
import type {ArmName} from '../protocol/runSummary';
import type {Trial} from '../runs/trial';
import type {ScriptSettings} from './sessionSettings';

/** The off arm run again with the first seed: what differs then is the run's own noise. */
export const REPEAT_ARM = 'off-again';
export type JobArm = ArmName | typeof REPEAT_ARM;

/** The arms that can be compared, in the order in which they are run and shown. */
export const trialArms = ['off', 'on', 'full'] as const satisfies readonly ArmName[];
export type TrialArm = (typeof trialArms)[number];

/** One training of a trial. */
export interface TrialJob {
  arm: JobArm;
  /** Seed that the run is given; only a label where the script keeps its own randomness. */
  seed: number;
}

/**
 * Trainings of a trial in the order in which they start: both arms of a seed side by side, so
 * that whatever else the machine does hits both, and the repetition after the first seed.
 */
export function trialJobs(arms: readonly ArmName[], seeds: readonly number[]): TrialJob[] {
  return seeds.flatMap((seed, i) => {
    const jobs: TrialJob[] = arms.map((arm) => ({arm, seed}));
    if (i === 0 && arms.includes('off')) jobs.push({arm: REPEAT_ARM, seed});
    return jobs;
  });
}

/** How many seeds, and from which on; the seeds are labels alone where `keep` is set. */
export function trialSeeds(count: number, first: number | null): number[] {
  return Array.from({length: count}, (_, i) => (first ?? 1) + i);
}

/**
 * What makes two invocations the same trial: the script to the byte, its arguments, and every
 * option that can change a number.
 */
export function specHash(settings: ScriptSettings, keepSeed: boolean): string {
  const {script, args, cwd, env, node, nodeArgs, sing, lrScale, maxSteps, budgetPct, failOn, runtime} = settings;
  const offUntouched = settings.offUntouched === true;
  const content = createHash('sha256').update(readFileSync(script)).digest('hex');
  const spec = {script, content, args, cwd, env, node, nodeArgs, sing, lrScale, maxSteps, budgetPct, failOn, runtime, keepSeed, offUntouched};
  return createHash('sha256').update(stringifyJson(spec)).digest('hex');
}

/** Run of a job as the trial's file has it: the latest entry counts; null when it was never started. */
export function runOfJob(trial: Trial, {arm, seed}: TrialJob): string | null {
  return trial.runs.filter((entry) => entry.arm === arm && entry.seed === seed).at(-1)?.run ?? null;
}

export function sameJob(a: {arm: string; seed: number}, b: {arm: string; seed: number}): boolean {
  return a.arm === b.arm && a.seed === b.seed;
}

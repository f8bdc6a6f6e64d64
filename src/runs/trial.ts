import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import * as v from 'valibot';
import {stringifyJson} from '../protocol/numbers';
import {writeFileAtomic} from '../platform/atomicFile';
import {RunError} from './runError';
import {createTrialFolder} from './runStore';

const TRIAL_FORMAT = 1;

/** Files of a trial's folder. */
export const trialFiles = {
  trial: 'trial.json',
  /** The process that works it off, by itself. */
  process: 'process.json',
  /** The JSON of `ab`, once it has come to its own end. */
  summary: 'summary.json',
  report: 'report.html',
  /** Words of a process of its own, where it has one. */
  stdout: 'stdout.log',
  stderr: 'stderr.log',
} as const;

/** What `trials/<id>/trial.json` holds: enough to go on with a trial that was interrupted. */
export const trialSchema = v.object({
  format: v.number(),
  id: v.string(),
  script: v.string(),
  args: v.array(v.string()),
  cwd: v.string(),
  /** Milliseconds since 1970. */
  created: v.number(),
  arms: v.array(v.object({name: v.picklist(['off', 'on', 'full', 'clip']), lrScale: v.number()})),
  seeds: v.array(v.number()),
  /** What makes it the same trial (`spec`, `keepSeed`), and how its runs are started (`settings`; not in files of older versions). */
  options: v.record(v.string(), v.unknown()),
  /** Runs that were started, one an arm and seed; a later entry of the same arm and seed replaces an earlier one. */
  runs: v.array(v.object({arm: v.string(), seed: v.number(), run: v.string()})),
});
export type Trial = v.InferOutput<typeof trialSchema>;

/** A trial file with the format that this version writes. */
export function newTrial(trial: Omit<Trial, 'format'>): Trial {
  return {format: TRIAL_FORMAT, ...trial};
}

/** Writes the file of a trial, making its folder where there is none. @returns the folder @throws RunError where the store can't be written */
export function writeTrial(store: string, trial: Trial): string {
  const dir = createTrialFolder(store, trial.id);
  writeFileAtomic(join(dir, trialFiles.trial), `${stringifyJson(trial, 2)}\n`);
  return dir;
}

/** Reads the file of a trial's folder. @throws RunError where it is missing, corrupt or of a newer format */
export function readTrial(dir: string): Trial {
  const id = basename(dir);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(dir, trialFiles.trial), 'utf8'));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new RunError(missing ? 'missing' : 'corrupt', `trial ${id} has ${missing ? 'no' : 'an unreadable'} ${trialFiles.trial}; start it anew with \`singscope ab\``);
  }
  const format = (json as {format?: unknown} | null)?.format;
  if (typeof format === 'number' && format > TRIAL_FORMAT) {
    throw new RunError('newer-format', `trial ${id} was written by a newer SINGscope (format ${format}); update singscope to read it`);
  }
  const parsed = v.safeParse(trialSchema, json);
  if (!parsed.success) {
    throw new RunError('corrupt', `${trialFiles.trial} of trial ${id} is damaged (${v.summarize(parsed.issues).split('\n')[0]}); start it anew with \`singscope ab\``);
  }
  return parsed.output;
}

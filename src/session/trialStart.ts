import {readFileSync, statSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {Failure} from '../platform/failure';
import {openRun} from '../runs/runReader';
import {runDir} from '../runs/runStore';
import {readTrial, trialFiles} from '../runs/trial';
import {claimOwner} from '../runs/trialClaim';
import {editorEnvironment, withNodeOnPath} from './editorEnvironment';
import {noteStop, stopOf} from './liveRun';
import type {NodeProgram} from './nodeCommand';
import {processAlive, signal} from './processTree';
import type {ScriptSettings} from './sessionSettings';
import {startProcess} from './supervisedProcess';
import {openTrial, type TrialSpec} from './trialOpening';

const START_MS = 15_000;
const LOOK_MS = 50;
/** A stop asks its runs for 10 s and terminates them for 5 s more; hurried, it takes neither. */
const STOP_MS = [18_000, 8_000] as const;

/** A trial that is worked off by a process of its own. */
export interface StartedTrial {
  id: string;
  dir: string;
  /** Store that it lies in: the one asked for, or another when that takes no files. */
  store: string;
  storeProblem: string | null;
  pid: number;
}

/** Trainings at a time unless something else is asked for: each of them uses more than one core. */
export function defaultJobs(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2));
}

/**
 * Starts a trial, or goes on with the one of the same spec, in a process that outlives this one.
 * Resolves when that process has taken the trial on.
 * @param jobs trainings at a time
 * @throws Failure where a process works on it already, or it does not start
 */
export async function startTrial(settings: ScriptSettings, node: NodeProgram, {jobs, ...spec}: TrialSpec & {jobs: number}): Promise<StartedTrial> {
  const {trial, dir, store, storeProblem} = openTrial(settings, spec);
  const log = join(dir, trialFiles.stderr);
  const logged = statSync(log, {throwIfNoEntry: false})?.size ?? 0;
  const {pid, ended, unref} = await startProcess({
    command: {file: node.path, args: [join(settings.packageRoot, 'dist', 'trialProcess.cjs'), dir, String(jobs), node.path]},
    cwd: settings.cwd, env: withNodeOnPath(editorEnvironment(process.env), node.path), stdin: 'ignore', stdout: join(dir, trialFiles.stdout), stderr: log,
  });
  let exitCode: number | null | undefined;
  void ended.then((exit) => { exitCode = exit.exitCode; });
  for (const until = Date.now() + START_MS; claimOwner(dir) !== pid && exitCode === undefined && Date.now() < until;) await sleep(LOOK_MS);
  unref();
  if (exitCode !== undefined && exitCode !== 0) throw new Failure(lastLine(log, logged) ?? `Trial ${trial.id} could not be started: its process ended at once (${log}).`);
  return {id: trial.id, dir, store, storeProblem, pid};
}

/**
 * Stops a trial: its process ends its runs and leaves; the runs that a dead one has left are ended here. A second
 * call does not wait for them any longer. Resolves when all of it is over.
 */
export async function stopTrial(dir: string): Promise<void> {
  const pid = claimOwner(dir);
  if (pid !== null) {
    for (const limit of STOP_MS) {
      signal(pid, 'SIGINT');
      for (const until = Date.now() + limit; processAlive(pid) && Date.now() < until;) await sleep(LOOK_MS);
      if (!processAlive(pid)) break;
    }
    if (processAlive(pid)) signal(pid, 'SIGKILL');
  }
  const trial = readTrial(dir);
  const store = join(dir, '..', '..');
  await Promise.all([...new Set(trial.runs.map(({run}) => run))].map((run) => stopLeft(store, run)));
}

async function stopLeft(store: string, run: string): Promise<void> {
  try {
    const reader = openRun(runDir(store, run));
    const stop = reader.status() === 'running' ? stopOf(reader) : null;
    if (stop === null) return;
    stop.press();
    await stop.settled();
    await noteStop(reader);
  } catch {
    // A run that can't be read is no run that goes on.
  }
}

function lastLine(path: string, from: number): string | null {
  try {
    const text = readFileSync(path).subarray(from).toString('utf8');
    return text.trim().split('\n').at(-1) || null;
  } catch {
    return null;
  }
}

import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {RunError} from './runError';
import {runDir, trialDir} from './runStore';
import {readRunStatus} from './status';
import {readTrial} from './trial';
import {claimOwner} from './trialClaim';

const BIN = 'bin';
/** Within a discarded trial: the folders of its runs. */
const RUNS = 'runs';

/**
 * Takes a run out of the store, so that it can be put back.
 * @throws RunError where there is none or it goes on
 */
export function discardRun(store: string, id: string): void {
  const dir = runDir(store, id);
  requireThere(dir, `run ${id}`);
  requireOver(store, id);
  move(dir, binDir(store, id));
}

/**
 * Takes a trial and its runs out of the store as one thing.
 * @throws RunError where there is none or one of its runs goes on
 */
export function discardTrial(store: string, id: string): void {
  const dir = trialDir(store, id);
  requireThere(dir, `trial ${id}`);
  const owner = claimOwner(dir);
  if (owner !== null) throw goesOn(`trial ${id}`, `process ${owner}`);
  const runs = runsOf(dir).filter((run) => existsSync(runDir(store, run)));
  for (const run of runs) requireOver(store, run);
  const target = binDir(store, id);
  move(dir, target);
  for (const run of runs) move(runDir(store, run), join(target, RUNS, run));
  touch(target);
}

/** Puts a discarded run back. @throws RunError where it is no longer there */
export function restoreRun(store: string, id: string): void {
  const dir = runDir(store, id);
  const from = binDir(store, id);
  requireThere(from, `discarded run ${id}`);
  move(from, dir);
}

/** Puts a discarded trial and its runs back. @throws RunError where it is no longer there */
export function restoreTrial(store: string, id: string): void {
  const dir = trialDir(store, id);
  const from = binDir(store, id);
  requireThere(from, `discarded trial ${id}`);
  const runs = join(from, RUNS);
  if (existsSync(runs)) {
    for (const run of readdirSync(runs)) move(join(runs, run), runDir(store, run));
    rmSync(runs, {recursive: true});
  }
  move(from, dir);
}

/** Deletes for good what was discarded longer ago than `olderThanMs`. @returns the ids */
export function emptyBin(store: string, olderThanMs: number): string[] {
  const bin = join(store, BIN);
  if (!existsSync(bin)) return [];
  const before = Date.now() - olderThanMs;
  const old = readdirSync(bin).filter((id) => (statSync(join(bin, id), {throwIfNoEntry: false})?.mtimeMs ?? Infinity) <= before);
  for (const id of old) rmSync(join(bin, id), {recursive: true, force: true});
  return old;
}

/** Runs that a trial's file names; none where it can't be read: they stay in the store then. */
function runsOf(dir: string): string[] {
  try {
    return [...new Set(readTrial(dir).runs.map(({run}) => run))];
  } catch {
    return [];
  }
}

function binDir(store: string, id: string): string {
  return join(store, BIN, id);
}

function requireThere(path: string, what: string): void {
  if (!existsSync(path)) throw new RunError('not-found', `there is no ${what} any more; look again`);
}

function requireOver(store: string, id: string): void {
  if (readRunStatus(runDir(store, id)) === 'running') throw goesOn(`run ${id}`, null);
}

function goesOn(what: string, where: string | null): RunError {
  return new RunError('goes-on', `${what} goes on${where === null ? '' : ` in ${where}`}; stop it first`);
}

function move(from: string, to: string): void {
  try {
    mkdirSync(dirname(to), {recursive: true});
    renameSync(from, to);
    touch(to);
  } catch (error) {
    throw new RunError('store-unwritable', `${from} can't be moved (${(error as NodeJS.ErrnoException).code ?? String(error)}); check the rights of its folder`);
  }
}

/** A rename leaves the time as it was; the bin goes by when a thing was discarded. */
function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

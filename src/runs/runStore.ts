import {randomBytes} from 'node:crypto';
import {accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {stringifyJson} from '../protocol/numbers';
import {runFiles, type Launch} from '../protocol/runFolder';
import {writeFileAtomic} from '../platform/atomicFile';
import {readRunStatus} from './status';
import {RunError} from './runError';

const STORE_NAME = '.singscope';
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const NEAR = 5;

type Shelf = 'runs' | 'trials';
const nouns: Record<Shelf, string> = {runs: 'run', trials: 'trial'};

/** Run store of a folder: `.singscope` beside the nearest package.json, or in the folder itself where there is none. */
export function findStore(cwd: string): string {
  const from = resolve(cwd);
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, STORE_NAME);
    if (dirname(folder) === folder) return join(from, STORE_NAME);
  }
}

/** A new id that sorts by time, to the millisecond: `20261124-101500042-a1b2` (UTC). */
export function newRunId(now = new Date()): string {
  const digits = now.toISOString().replace(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 17)}-${randomBytes(2).toString('hex')}`;
}

/** A new trial id; sorts by time among trials. */
export function newTrialId(now = new Date()): string {
  return `trial-${newRunId(now)}`;
}

/** Folder of a run. @throws RunError where the id could not be one */
export function runDir(store: string, id: string): string {
  return shelfDir(store, 'runs', id);
}

/** Folder of a trial. @throws RunError where the id could not be one */
export function trialDir(store: string, id: string): string {
  return shelfDir(store, 'trials', id);
}

/**
 * Makes the folder of a run with its run.json.
 * @returns the folder
 * @throws RunError where the store can't be written
 */
export function createRunFolder(store: string, launch: Launch): string {
  const dir = runDir(store, launch.id);
  makeFolder(store, dir);
  try {
    writeFileAtomic(join(dir, runFiles.launch), `${stringifyJson(launch, 2)}\n`);
  } catch (error) {
    throw unwritable(store, error);
  }
  return dir;
}

/** Makes the folder of a trial. @returns the folder @throws RunError where the store can't be written */
export function createTrialFolder(store: string, id: string): string {
  const dir = trialDir(store, id);
  makeFolder(store, dir);
  return dir;
}

/** Ids of the runs in a store, oldest first; none where there is no store. */
export function listRunIds(store: string): string[] {
  return listIds(store, 'runs');
}

/** Ids of the trials in a store, oldest first. */
export function listTrialIds(store: string): string[] {
  return listIds(store, 'trials');
}

/**
 * Folder of the run that is meant by an id, the beginning or end of one, or `last`.
 * @throws RunError naming near ids where none or several are meant
 */
export function resolveRun(store: string, reference: string): string {
  return runDir(store, resolveId(store, 'runs', reference));
}

/** Folder of the trial that is meant by an id, the beginning or end of one, or `last`. @throws RunError as `resolveRun` */
export function resolveTrial(store: string, reference: string): string {
  return trialDir(store, resolveId(store, 'trials', reference));
}

/** Removes a run's folder. @throws RunError where there is none */
export function removeRun(store: string, id: string): void {
  const dir = runDir(store, id);
  if (!existsSync(dir)) throw notFound(store, 'runs', id);
  rmSync(dir, {recursive: true, force: true});
}

/**
 * Removes the oldest runs until those that stay are few and small enough; what goes on stays in any case.
 * @param keep most runs that stay
 * @param mostBytes most that they may take on the disk
 * @returns ids of the removed ones, oldest first
 */
export function pruneRuns(store: string, {keep = Infinity, mostBytes = Infinity}: {keep?: number; mostBytes?: number}): string[] {
  const removed: string[] = [];
  let [kept, bytes] = [0, 0];
  for (const id of listRunIds(store).reverse()) {
    const dir = runDir(store, id);
    bytes += mostBytes === Infinity ? 0 : folderBytes(dir);
    const fits = kept < keep && bytes <= mostBytes;
    if (fits || readRunStatus(dir) === 'running') kept++;
    else removed.unshift(id);
  }
  for (const id of removed) removeRun(store, id);
  return removed;
}

function folderBytes(dir: string): number {
  return readdirSync(dir, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .reduce((sum, {parentPath, name}) => sum + statSync(join(parentPath, name)).size, 0);
}

function shelfDir(store: string, shelf: Shelf, id: string): string {
  if (!ID.test(id)) throw new RunError('bad-id', `${JSON.stringify(id)} is no ${nouns[shelf]} id; \`singscope runs list\` shows the ids`);
  return join(store, shelf, id);
}

function listIds(store: string, shelf: Shelf): string[] {
  const folder = join(store, shelf);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {withFileTypes: true})
    .filter((entry) => entry.isDirectory() && ID.test(entry.name))
    .map((entry) => entry.name)
    .sort();
}

function resolveId(store: string, shelf: Shelf, reference: string): string {
  const ids = listIds(store, shelf);
  const newest = ids.at(-1);
  if (newest === undefined) {
    throw new RunError('not-found', `no ${nouns[shelf]}s in ${store} yet; start one with \`singscope ${shelf === 'runs' ? 'run' : 'ab'} <script>\`, or name another store with --store DIR`);
  }
  if (reference === 'last') return newest;
  if (!ID.test(reference)) return shelfDir(store, shelf, reference);
  if (ids.includes(reference)) return reference;
  const meant = ids.filter((id) => id.startsWith(reference) || id.endsWith(reference));
  if (meant.length > 1) {
    throw new RunError('ambiguous', `${JSON.stringify(reference)} means ${meant.length} ${nouns[shelf]}s (${meant.slice(-NEAR).join(', ')}); give more of the id`);
  }
  const only = meant[0];
  if (only === undefined) throw notFound(store, shelf, reference);
  return only;
}

function notFound(store: string, shelf: Shelf, reference: string): RunError {
  const near = listIds(store, shelf)
    .map((id) => ({id, shared: sharedLetters(id, reference)}))
    .sort((a, b) => b.shared - a.shared || (a.id < b.id ? 1 : -1))
    .slice(0, NEAR)
    .map(({id}) => id);
  const hint = near.length === 0 ? `the store ${store} has none` : `near it in ${store}: ${near.join(', ')}`;
  return new RunError('not-found', `no ${nouns[shelf]} ${JSON.stringify(reference)}; ${hint}`);
}

/** Length of the longest piece of `reference` that stands in `id`. */
function sharedLetters(id: string, reference: string): number {
  for (let length = Math.min(id.length, reference.length); length > 0; length--) {
    for (let at = 0; at + length <= reference.length; at++) {
      if (id.includes(reference.slice(at, at + length))) return length;
    }
  }
  return 0;
}

function makeFolder(store: string, dir: string): void {
  try {
    mkdirSync(dir, {recursive: true});
    const ignore = join(store, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    throw unwritable(store, error);
  }
}

function unwritable(store: string, error: unknown): RunError {
  const reason = refusal(store) ?? (error as NodeJS.ErrnoException).code ?? String(error);
  return new RunError('store-unwritable', `can't write to the run store ${store} (${reason}); free or unlock it, or choose another with --store DIR`);
}

/** Why nothing can be made in a folder or its nearest ancestor. `mkdir` itself says ENOENT on a read-only disk. */
function refusal(folder: string): string | null {
  try {
    accessSync(folder, constants.W_OK);
    return null;
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException;
    return code === 'ENOENT' && dirname(folder) !== folder ? refusal(dirname(folder)) : (code ?? null);
  }
}

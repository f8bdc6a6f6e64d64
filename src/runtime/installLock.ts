import {linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {processStartTime} from '../platform/processStart';

const POLL_MS = 300;
/** Whoever takes over a dead process's lock needs a moment; one that takes longer is dead too. */
const TAKEOVER_MS = 10_000;

/**
 * Runs `work` while no other process holds the lock file `path`; waits for one that does. The lock of
 * a process that has died is taken over.
 * @param onWait called once, when there is a wait, with the process id that holds the lock
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: (pid: number) => void, signal?: AbortSignal): Promise<T> {
  let told = false;
  while (!tryLock(path)) {
    const holder = holderOf(path);
    if (holder?.alive === false) {
      takeOver(path);
    } else if (holder !== null && !told) {
      told = true;
      onWait(holder.pid);
    }
    await sleep(POLL_MS, undefined, signal && {signal});
  }
  try {
    return await work();
  } finally {
    rmSync(path, {force: true});
  }
}

function tryLock(path: string): boolean {
  // Linked into place, so that the lock is never seen without its holder.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${process.pid} ${processStartTime(process.pid) ?? ''}`);
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, {force: true});
  }
}

/** Who the lock names; null when there is no lock. */
function holderOf(path: string): {pid: number; alive: boolean} | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const [pid, start] = text.split(' ');
  return {pid: Number(pid), alive: start !== '' && processStartTime(Number(pid)) === start};
}

/** Removes a dead process's lock; a folder made for the moment keeps two from doing it at once. */
function takeOver(path: string): void {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    const since = statSync(guard, {throwIfNoEntry: false})?.mtimeMs;
    if (since !== undefined && Date.now() - since > TAKEOVER_MS) removeGuard(guard);
    return;
  }
  // Looked at again: only under the guard does a dead lock stay one.
  if (holderOf(path)?.alive === false) rmSync(path, {force: true});
  removeGuard(guard);
}

function removeGuard(guard: string): void {
  try {
    rmdirSync(guard);
  } catch {
    // Another process was quicker.
  }
}

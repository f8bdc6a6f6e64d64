import {linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {processStartTime} from './processStart';

/** Whoever takes over a dead process's lock needs a moment; one that takes longer is dead too. */
const TAKEOVER_MS = 10_000;

export interface LockHolder {
  pid: number;
  alive: boolean;
}

/** How a lock names its holder. */
export interface LockFormat {
  text(pid: number, processStart: string | null): string;
  /** null where the text names nobody: its holder counts as dead. */
  holder(text: string): {pid: number; alive: boolean} | null;
}

/** Takes the lock file `path` for this process; that of a dead process is taken over. @returns who holds it else; null when it is ours now */
export function tryLock(path: string, format: LockFormat): LockHolder | null {
  for (;;) {
    if (link(path, format)) return null;
    const holder = lockHolder(path, format);
    if (holder?.alive === true) return holder;
    if (holder !== null && !takeOver(path, format)) return holder;
  }
}

/** Who the lock names; null when there is no lock. */
export function lockHolder(path: string, format: LockFormat): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  return format.holder(text) ?? {pid: -1, alive: false};
}

function link(path: string, format: LockFormat): boolean {
  // Linked into place, so that the lock is never seen without its holder.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, format.text(process.pid, processStartTime(process.pid)));
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

/** Removes a dead process's lock; a folder made for the moment keeps two from doing it at once. @returns false where another does it */
function takeOver(path: string, format: LockFormat): boolean {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    const since = statSync(guard, {throwIfNoEntry: false})?.mtimeMs;
    if (since !== undefined && Date.now() - since > TAKEOVER_MS) removeGuard(guard);
    return false;
  }
  // Looked at again: only under the guard does a dead lock stay one.
  if (lockHolder(path, format)?.alive === false) rmSync(path, {force: true});
  removeGuard(guard);
  return true;
}

function removeGuard(guard: string): void {
  try {
    rmdirSync(guard);
  } catch {
    // Another process was quicker.
  }
}

import {readdirSync, readFileSync} from 'node:fs';
import pidtree from 'pidtree';

/** Processes started by `pid`, and by those, at this moment. */
export async function descendantsOf(pid: number): Promise<number[]> {
  // pidtree asks `ps`, which slim Linux images lack; there /proc tells.
  if (process.platform === 'linux') return descendantsInProc(pid);
  try {
    return await pidtree(pid);
  } catch {
    return [];
  }
}

function descendantsInProc(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      open.push(child);
    }
  }
  return found;
}

function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in parentheses and may hold spaces and parentheses itself.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function parentOf(pid: number): number | null {
  const parent = statFields(pid)?.[1];
  return parent === undefined ? null : Number(parent);
}

/** Does the process exist, and is it more than a zombie? */
export function processAlive(pid: number): boolean {
  if (process.platform === 'linux') {
    const state = statFields(pid)?.[0];
    return state !== undefined && state !== 'Z' && state !== 'X';
  }
  return signal(pid, 0);
}

/** Sends a signal to one process; false when there is none. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Sends a signal to the group that `pid` leads, if it leads one, else to it alone. */
export function signalGroup(pid: number, name: NodeJS.Signals): void {
  if (!signal(-pid, name)) signal(pid, name);
}

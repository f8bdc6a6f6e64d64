import {readFileSync} from 'node:fs';

/**
 * When the kernel says a process began, so that a process id that was given out again is not
 * taken for the same process. Linux only; null elsewhere and for a process that is gone.
 */
export function processStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold blanks and brackets: count fields behind the last one.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

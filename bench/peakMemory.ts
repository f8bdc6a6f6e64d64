import {readFileSync, writeFileSync} from 'node:fs';

const KIB = 1024;

/**
 * The most memory that the process held while `work` ran, in bytes. Linux counts it; only what is large enough to be mapped by
 * itself (from 32 MiB on always, by glibc) is surely given back to the system before.
 */
export function peakWhile(work: () => void): number {
  // Sets the count back to what is held now.
  writeFileSync('/proc/self/clear_refs', '5');
  work();
  return status('VmHWM');
}

/** The memory that the process holds, in bytes. */
export function heldMemory(): number {
  return status('VmRSS');
}

function status(name: 'VmHWM' | 'VmRSS'): number {
  const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * KIB;
}

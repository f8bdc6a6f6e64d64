import {rmSync} from 'node:fs';
import {join} from 'node:path';
import * as v from 'valibot';
import {lockHolder, tryLock, type LockFormat} from '../platform/processLock';
import {runProcessSchema} from '../protocol/runFolder';
import {isProcessAlive} from './status';
import {trialFiles} from './trial';

const format: LockFormat = {
  text: (pid, processStart) => `${JSON.stringify({pid, processStart})}\n`,
  holder(text) {
    try {
      const {pid, processStart} = v.parse(runProcessSchema, JSON.parse(text));
      return {pid, alive: isProcessAlive(pid, processStart)};
    } catch {
      return null;
    }
  },
};

/**
 * Makes this process the one that works a trial off; the claim of a dead one is taken over.
 * @returns the process that works on it already; null when it is ours now
 */
export function claimTrial(dir: string): number | null {
  return tryLock(join(dir, trialFiles.process), format)?.pid ?? null;
}

/** Gives a claim of this process back. */
export function releaseTrial(dir: string): void {
  if (claimOwner(dir) === process.pid) rmSync(join(dir, trialFiles.process), {force: true});
}

/** The process that works a trial off now; null where there is none. */
export function claimOwner(dir: string): number | null {
  const holder = lockHolder(join(dir, trialFiles.process), format);
  return holder?.alive === true ? holder.pid : null;
}

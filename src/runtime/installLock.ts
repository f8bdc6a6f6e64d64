import {rmSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {tryLock, type LockFormat} from '../platform/processLock';
import {processStartTime} from '../platform/processStart';

const POLL_MS = 300;

const format: LockFormat = {
  text: (pid, start) => `${pid} ${start ?? ''}`,
  holder(text) {
    const [pid, start] = text.split(' ');
    return {pid: Number(pid), alive: start !== '' && processStartTime(Number(pid)) === start};
  },
};

/**
 * Runs `work` while no other process holds the lock file `path`; waits for one that does. The lock of
 * a process that has died is taken over.
 * @param onWait called once, when there is a wait, with the process id that holds the lock
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: (pid: number) => void, signal?: AbortSignal): Promise<T> {
  let told = false;
  for (let holder = tryLock(path, format); holder !== null; holder = tryLock(path, format)) {
    if (holder.alive && !told) {
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

import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {withLock} from '../../../src/runtime/installLock';

let folder = '';
const lock = (): string => join(folder, '.lock');

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-lock-')); });
afterEach(() => { rmSync(folder, {recursive: true, force: true}); });

it('lets one in at a time, tells who waits, and leaves nothing behind', async () => {
  let inside = 0;
  let most = 0;
  const holders: number[] = [];
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(50);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock(lock(), work, (pid) => { holders.push(pid); })));
  expect(most).toBe(1);
  expect(holders).toEqual([process.pid, process.pid]);
  expect(existsSync(lock())).toBe(false);
});

it('takes over the lock of a process that has died, also of one that died taking over', async () => {
  const {pid} = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(lock(), `${pid} 12345`);
  mkdirSync(`${lock()}.takeover`);
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(`${lock()}.takeover`, longAgo, longAgo);
  expect(await withLock(lock(), () => Promise.resolve('done'), () => undefined)).toBe('done');
});

it('does not take a process for the holder that only has its number', async () => {
  writeFileSync(lock(), `${process.pid} 1`);
  expect(await withLock(lock(), () => Promise.resolve('done'), () => undefined)).toBe('done');
});

it('releases the lock when the work fails, and stops waiting when told to', async () => {
  await expect(withLock(lock(), () => Promise.reject(new Error('broken')), () => undefined)).rejects.toThrow('broken');
  const abort = new AbortController();
  await withLock(lock(), async () => {
    const waiting = withLock(lock(), () => Promise.resolve(), () => { abort.abort(); }, abort.signal);
    await expect(waiting).rejects.toThrow(/abort/i);
  }, () => undefined);
  expect(existsSync(lock())).toBe(false);
});

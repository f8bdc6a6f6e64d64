import {spawn, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {afterEach, describe, expect, it} from 'vitest';
import {descendantsOf, processAlive} from '../../../src/session/processTree';
import {StopLadder} from '../../../src/session/stopLadder';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Starts Node as the leader of a group, and waits until it has said so. */
async function start(source: string): Promise<number> {
  const child = spawn(process.execPath, ['-e', `${source}; console.log('up'); setInterval(() => {}, 1000);`], {detached: true, stdio: ['ignore', 'pipe', 'ignore']});
  running.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child.pid ?? -1;
}

const stubborn = 'process.on("SIGTERM", () => {})';
const nobody = {ask: () => Promise.resolve(false), runPids: () => Promise.resolve([])};

describe('StopLadder', () => {
  it('leaves a process that ends when asked alone', async () => {
    const pid = await start('');
    const ladder = new StopLadder({pid, runPids: nobody.runPids, ask: () => Promise.resolve(process.kill(pid, 'SIGINT'))});
    expect(ladder.pressed).toBe(false);
    ladder.press();
    await ladder.settled();
    expect(ladder.pressed).toBe(true);
    expect(processAlive(pid)).toBe(false);
  });

  it.each([
    ['nobody can be asked', nobody.ask],
    ['the question itself fails', () => Promise.reject(new Error('EACCES'))],
  ])('does not wait for an answer where %s', async (_, ask) => {
    const pid = await start('');
    const began = Date.now();
    const ladder = new StopLadder({pid, runPids: nobody.runPids, ask});
    ladder.press();
    await ladder.settled();
    expect(processAlive(pid)).toBe(false);
    expect(Date.now() - began).toBeLessThan(9_000);
  });

  it('kills what ignores SIGTERM, with children in its group and outside of it', async () => {
    const child = (detached: boolean): string => `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(`${stubborn}; setInterval(() => {}, 1000)`)}], {stdio: 'ignore', detached: ${detached}}).unref()`;
    const pid = await start(`${stubborn}; ${child(false)}; ${child(true)}`);
    const children = await descendantsOf(pid);
    expect(children).toHaveLength(2);
    const ladder = new StopLadder({pid, ...nobody});
    ladder.press();
    await ladder.settled();
    expect([pid, ...children].filter(processAlive)).toEqual([]);
  });

  it.each(['that is heard', 'that is never answered'])('skips the waits after a question %s when pressed again', async (question) => {
    const pid = await start('process.on("SIGTERM", () => console.log("terminated"))');
    const began = Date.now();
    const terminated = once(running.at(-1)!.stdout!, 'data');
    let asked = (): void => undefined;
    const waits = new Promise<void>((resolve) => { asked = resolve; });
    const ladder = new StopLadder({pid, runPids: nobody.runPids, ask: () => { asked(); return question === 'that is heard' ? Promise.resolve(true) : new Promise(() => undefined); }});
    ladder.press();
    // Each press comes when the wait that it skips is going on.
    for (const wait of [waits, terminated]) {
      await wait;
      await new Promise((resolve) => setTimeout(resolve, 100));
      ladder.press();
    }
    await ladder.settled();
    expect(processAlive(pid)).toBe(false);
    // Both waits together are 15 seconds.
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('reaches the processes of its runs that hang elsewhere in the tree', async () => {
    const pid = await start('');
    const elsewhere = await start(stubborn);
    const ladder = new StopLadder({pid, ask: nobody.ask, runPids: () => Promise.resolve([elsewhere])});
    ladder.press();
    await ladder.settled();
    expect([pid, elsewhere].filter(processAlive)).toEqual([]);
  });
});

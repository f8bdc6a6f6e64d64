import {appendFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {LogTail} from '../../../src/session/logTail';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'singscope-test-'));
});
afterEach(() => rmSync(dir, {recursive: true}));

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('LogTail', () => {
  it('hands on what is appended, from the start, byte for byte', async () => {
    const path = join(dir, 'stdout.log');
    const seen: Buffer[] = [];
    const tail = new LogTail(path, (chunk) => seen.push(chunk));
    await pause(120);
    appendFileSync(path, 'first ');
    await expect.poll(() => Buffer.concat(seen).toString()).toBe('first ');
    // A letter of two bytes in halves, and more than one chunk.
    appendFileSync(path, Buffer.from([0xc3]));
    await pause(120);
    appendFileSync(path, Buffer.concat([Buffer.from([0xbc]), Buffer.alloc(200_000, 'x')]));
    await tail.stop();
    expect(Buffer.concat(seen).toString()).toBe(`first ü${'x'.repeat(200_000)}`);
  });

  it('reads what was written just before it is stopped, and nothing after', async () => {
    const path = join(dir, 'stderr.log');
    let text = '';
    const tail = new LogTail(path, (chunk) => (text += chunk.toString()));
    appendFileSync(path, 'last words');
    await tail.stop();
    appendFileSync(path, 'later');
    await pause(200);
    expect(text).toBe('last words');
  });

  it('is silent where there is no file', async () => {
    const tail = new LogTail(join(dir, 'none.log'), () => expect.unreachable());
    await pause(100);
    await tail.stop();
  });
});

import {Worker} from 'node:worker_threads';
import {build} from 'esbuild';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {describe, expect, test} from 'vitest';
import {Ring, frameType} from '../../../src/worker/ring';

function write(ring: Ring, values: readonly number[]): boolean {
  return ring.tryWrite(frameType.step, values.length * 8, (floats, at) => { floats.set(values, at); });
}

function read(ring: Ring): number[][] {
  const frames: number[][] = [];
  ring.drain((_type, floats, at, words) => { frames.push(Array.from(floats.subarray(at, at + words))); });
  return frames;
}

describe('ring', () => {
  test('gives back what was written, in order, over many turns', () => {
    const ring = Ring.allocate(1 << 16);
    let expected = 0;
    let written = 0;
    for (let round = 0; round < 5000; round++) {
      const length = 1 + ((round * 37) % 700);
      const fits = write(ring, Array.from({length}, (_, index) => round + index));
      if (fits) written++;
      // The reader lags behind by up to two frames.
      if (round % 3 === 0 || !fits) {
        for (const frame of read(ring)) {
          const [first] = frame;
          expect(frame).toEqual(Array.from({length: 1 + (((first ?? 0) * 37) % 700)}, (_, index) => (first ?? 0) + index));
          expected++;
        }
      }
    }
    expected += read(ring).length;
    expect(expected).toBe(written);
    expect(written).toBeGreaterThan(4000);
  });

  test('a full ring takes nothing and loses nothing', () => {
    const ring = Ring.allocate(1 << 16);
    let frames = 0;
    while (write(ring, [frames, 1, 2])) frames++;
    expect(frames).toBeGreaterThan(1000);
    expect(write(ring, [0])).toBe(false);
    const taken = read(ring);
    expect(taken.map(([first]) => first)).toEqual(Array.from({length: frames}, (_, index) => index));
    expect(write(ring, [7])).toBe(true);
    expect(read(ring)).toEqual([[7]]);
  });

  test('a reader that throws does not see the frame again', () => {
    const ring = Ring.allocate(1 << 16);
    write(ring, [1]);
    write(ring, [2]);
    expect(() => { ring.drain(() => { throw new Error('bad frame'); }); }).toThrow('bad frame');
    expect(read(ring)).toEqual([[2]]);
  });

  test('another thread reads while this one writes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'singscope-ring-'));
    const source = join(folder, 'reader.ts');
    writeFileSync(source, `
      import {parentPort, workerData} from 'node:worker_threads';
      import {Ring} from ${JSON.stringify(resolve('src/worker/ring.ts'))};
      const ring = new Ring(workerData);
      let next = 0, wrong = 0;
      while (next < 20000) ring.drain((_type, floats, at, words) => {
        for (let i = 0; i < words; i++) if (floats[at + i] !== next) wrong++;
        next++;
      });
      parentPort.postMessage({next, wrong});
    `);
    const outfile = join(folder, 'reader.cjs');
    await build({entryPoints: [source], outfile, bundle: true, platform: 'node', logLevel: 'error'});
    const ring = Ring.allocate(1 << 16);
    const reader = new Worker(outfile, {workerData: ring.memory});
    const result = new Promise((done) => reader.once('message', done));
    for (let frame = 0; frame < 20_000;) {
      if (write(ring, new Array<number>(1 + (frame % 50)).fill(frame))) frame++;
      else ring.waitForRoom(100);
    }
    expect(await result).toEqual({next: 20_000, wrong: 0});
    rmSync(folder, {recursive: true, force: true});
  });
});

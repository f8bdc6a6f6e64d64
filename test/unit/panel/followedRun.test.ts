import {Float32, Float64, Int32, Uint8, Uint16, Uint32} from 'apache-arrow';
import {appendFileSync, readFileSync, renameSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {FollowedRun} from '../../../src/panel/feed/followedRun';
import {stepsSchema} from '../../../src/protocol/tables';
import type {Column} from '../../../src/runs/arrowMessage';
import {FollowedTable} from '../../../src/runs/followedTable';
import {ViewSlices} from '../../../src/runs/window/viewSlices';
import {ArrowWriter} from '../../../src/worker/arrowWriter';
import {RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const RUN = '20261124-101500-abcd';
const BATCH = 5_000;
const arrays = [[Int32, Int32Array], [Float64, Float64Array], [Float32, Float32Array], [Uint8, Uint8Array], [Uint16, Uint16Array], [Uint32, Uint32Array]] as const;

/** Writes a table of steps: `loss` is the step, the rest 0. */
function writeSteps(path: string, steps: readonly number[]): void {
  const writer = new ArrowWriter(path, stepsSchema);
  for (let at = 0; at < steps.length; at += BATCH) {
    const part = steps.slice(at, at + BATCH);
    writer.append(part.length, stepsSchema.fields.map(({name, type}) => {
      const kind = arrays.find(([field]) => type instanceof field)![1];
      return (name === 'step' || name === 'loss' ? kind.from(part) : new kind(part.length)) as Column;
    }));
  }
  writer.close();
}

function upTo(last: number, every = 1): number[] {
  return Array.from({length: Math.floor(last / every)}, (_, i) => (i + 1) * every);
}

/** Appends rows to the table that is there. */
function appendSteps(folder: RunFolder, steps: readonly number[]): void {
  const [head, more] = ['head', 'more'].map((name) => join(folder.dir, name)) as [string, string];
  writeSteps(head, []);
  writeSteps(more, steps);
  appendFileSync(folder.path('steps'), readFileSync(more).subarray(statSync(head).size));
}

/** Puts a table of other rows into the place of the one that is there, as thinning does. */
function replaceSteps(folder: RunFolder, steps: readonly number[]): void {
  writeSteps(`${folder.path('steps')}.draft`, steps);
  renameSync(`${folder.path('steps')}.draft`, folder.path('steps'));
}

function longRun(steps: number): RunFolder {
  const folder = new RunFolder(temporaryStore(), RUN).event({type: 'start', pid: process.pid, processStart: null, node: '20', time: 0, control: null});
  writeSteps(folder.path('steps'), upTo(steps));
  return folder;
}

let clock = 0;

/** Reads until nothing that is there is unread. @returns how many looks that took */
function readOn(run: FollowedRun): number {
  for (let looks = 1; looks < 2_000; looks++) {
    run.read((clock += 2_000));
    if (run.complete) return looks;
  }
  throw new Error('there is no end of reading');
}

describe('a run whose record is thinned while it is followed', () => {
  it('is read to its end, though much of the new file is known already', () => {
    const folder = longRun(100_000);
    const run = new FollowedRun(folder.dir);
    expect(readOn(run)).toBeGreaterThan(5);
    replaceSteps(folder, [...upTo(100_000), ...upTo(100_050).slice(-50)]);
    folder.end().exit();
    readOn(run);
    expect(run.newest).toBe(100_050);
    expect(run.status).toBe('finished');
    expect(Array.from(run.reader.steps.column('step'))).toEqual(upTo(100_050));
  });

  it('lets go what the folder let go, and is shown on as a snapshot', () => {
    const folder = longRun(1_000);
    const run = new FollowedRun(folder.dir);
    readOn(run);
    appendSteps(folder, upTo(600_000).slice(1_000));
    readOn(run);
    expect(run.reader.heldRows).toBe(600_000);
    const slices = new ViewSlices(1, {shown: [RUN], parameter: null, window: null, buckets: 64, heatBuckets: 64});
    slices.take([run.reader], run.newest);
    expect(slices.take([run.reader], run.newest)).toEqual([]);
    replaceSteps(folder, [...upTo(600_000, 2), 600_001]);
    readOn(run);
    expect(run.reader.heldRows).toBe(300_001);
    expect(run.newest).toBe(600_001);
    expect(run.losses.last(run.reader)).toBe(600_001);
    const losses = slices.take([run.reader], run.newest).filter((message) => message.type === 'curve' && message.name === 'loss');
    expect(losses.map((message) => message.type === 'curve' && [message.from, message.value.length])).toEqual([[0, 37]]);
    folder.steps([stepRow(600_002)]);
    readOn(run);
    expect(run.newest).toBe(600_002);
  });

  it('keeps what it shows of a short run', () => {
    const folder = longRun(1_000);
    const run = new FollowedRun(folder.dir);
    readOn(run);
    replaceSteps(folder, upTo(1_000, 2));
    readOn(run);
    expect(run.reader.heldRows).toBe(1_000);
  });
});

it('hands out each row once where the table is replaced in the middle of the first reading', () => {
  const folder = longRun(100_000);
  const table = new FollowedTable(folder.path('steps'), stepsSchema, 'thread');
  const read = (most?: number) => table.read(most).flatMap(({numbers}) => Array.from(numbers.step ?? []));
  const seen = [...read(1 << 20)];
  expect(seen.length).toBeLessThan(30_000);
  replaceSteps(folder, upTo(120_000));
  while (seen.at(-1) !== 120_000) seen.push(...read(1 << 20));
  expect(seen).toEqual(upTo(120_000));
  replaceSteps(folder, upTo(120_001));
  for (let i = 0; i < 20; i++) seen.push(...read(1 << 20));
  expect(seen).toEqual(upTo(120_001));
});

it('comes back where its folder is put back', () => {
  const folder = longRun(10);
  folder.end().exit();
  const run = new FollowedRun(folder.dir);
  readOn(run);
  const away = join(folder.store, 'away');
  renameSync(folder.dir, away);
  run.read((clock += 2_000));
  expect(run.gone).toBe(true);
  run.read((clock += 2_000));
  renameSync(away, folder.dir);
  run.read((clock += 2_000));
  expect(run.gone).toBe(false);
  expect(run.newest).toBe(10);
  rmSync(folder.dir, {recursive: true});
});

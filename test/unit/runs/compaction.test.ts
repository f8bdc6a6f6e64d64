import {createHash} from 'node:crypto';
import {execFileSync} from 'node:child_process';
import {appendFileSync, existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {draftOf} from '../../../src/protocol/runFolder';
import {compactRuns} from '../../../src/runs/compaction';
import {openRun, seriesColumns, type RunReader} from '../../../src/runs/runReader';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const PARAMETERS = 7;

/** Numbers that look like real ones: no two alike, over many magnitudes. */
function value(step: number, parameter: number, salt: string): number {
  const digest = createHash('sha256').update(`${step} ${parameter} ${salt}`).digest();
  return (digest.readUInt32LE(0) / 2 ** 32 + digest.readUInt32LE(4) / 2 ** 64 - 0.5) * 10 ** (digest.readInt8(8) / 40);
}

function rowOf(step: number, parameter: number, sing: boolean): ReturnType<typeof parameterRow> {
  const norm = Math.abs(value(step, parameter, 'norm'));
  return parameterRow(step, parameter, {
    mean: value(step, parameter, 'mean'), std: Math.abs(value(step, parameter, 'std')), min: value(step, parameter, 'min'), max: value(step, parameter, 'max'),
    norm, normAfter: sing ? 1 + value(step, parameter, 'after') * 1e-7 : norm, zeros: step % 3,
  });
}

function makeRun(steps: number, {sing = false, ended = true} = {}): RunFolder {
  const run = new RunFolder(temporaryStore(), '20261130-100000-0001');
  run.parameters(...Array.from({length: PARAMETERS}, (_, index) => parameterOf(index, `layer${index}/kernel`)));
  addSteps(run, 1, steps, sing);
  if (ended) run.end().exit();
  return run;
}

function addSteps(run: RunFolder, from: number, to: number, sing = false): void {
  const steps = Array.from({length: to - from + 1}, (_, at) => from + at);
  run.steps(steps.map((step) => stepRow(step)));
  run.rows(steps.flatMap((step) => Array.from({length: PARAMETERS}, (_, parameter) => rowOf(step, parameter, sing))));
}

const plain = (run: RunFolder): string => join(run.dir, 'parameters.arrow');
const compact = (run: RunFolder): string => join(run.dir, 'parameters.arrow.gz');

function expectAll(reader: RunReader, steps: number, sing = false): void {
  for (let parameter = 0; parameter < PARAMETERS; parameter++) {
    const series = reader.series(parameter);
    expect(series.length).toBe(steps);
    for (const name of seriesColumns) {
      const column = series.column(name);
      for (let at = 0; at < steps; at++) {
        const expected = rowOf(at + 1, parameter, sing)[name] as number;
        if (!(Math.abs((column[at] ?? NaN) - expected) <= 1e-7 * Math.abs(expected))) expect(column[at], `${name} of step ${at + 1}`).toBe(expected);
      }
    }
  }
}

describe.each([false, true])('with SING: %s', (sing) => {
  test('all rows are there, in at most 40 bytes each, in any number of windows', async () => {
    const steps = 11_000;
    const run = makeRun(steps, {sing});
    await compactRuns([run.dir]);
    expect(existsSync(plain(run))).toBe(false);
    const perRow = statSync(compact(run)).size / (steps * PARAMETERS);
    console.log(`${perRow.toFixed(1)} bytes a parameter and step`);
    expect(perRow).toBeLessThanOrEqual(40);
    expectAll(openRun(run.dir), steps, sing);
  });
});

test('moments keep ten digits; what is not finite stays what it is', async () => {
  const run = makeRun(1);
  run.rows([parameterRow(2, 0, {mean: NaN, std: Infinity, min: -Infinity, norm: 1e300, normAfter: 5e-324}), parameterRow(3, 0, {mean: 1.7976931348623157e308, norm: Math.PI})]);
  await compactRuns([run.dir]);
  const series = openRun(run.dir).series(0);
  expect(series.column('mean')[1]).toBeNaN();
  expect([series.column('std')[1], series.column('min')[1]]).toEqual([Infinity, -Infinity]);
  expect((series.column('norm')[1] ?? 0) / 1e300).toBeCloseTo(1, 9);
  expect((series.column('norm')[2] ?? 0) / Math.PI).toBeCloseTo(1, 9);
});

test('a reader that follows a run while it is compacted has each row once', async () => {
  const run = makeRun(50, {ended: false});
  const reader = openRun(run.dir);
  addSteps(run, 51, 80);
  run.end().exit();
  await compactRuns([run.dir]);
  reader.refresh();
  expectAll(reader, 80);
  expect(reader.refresh()).toBe(false);
  expect(reader.notices).toEqual([]);
});

test('a run that goes on, and one that is torn or damaged, stay as they are', async () => {
  const going = makeRun(10, {ended: false});
  going.event({type: 'start', pid: process.pid, processStart: null, node: 'v20', time: Date.now(), control: null});
  const torn = makeRun(10);
  truncateSync(plain(torn), statSync(plain(torn)).size - 3);
  const damaged = makeRun(10);
  appendFileSync(plain(damaged), 'not Arrow at all');
  const before = [going, torn, damaged].map((run) => readFileSync(plain(run)));
  await compactRuns([going.dir, torn.dir, damaged.dir, join(going.store, 'gone')]);
  expect([going, torn, damaged].map((run) => readFileSync(plain(run)))).toEqual(before);
  for (const run of [going, torn, damaged]) expect(readdirSync(run.dir).filter((name) => name.includes('.gz'))).toEqual([]);
});

test('what was broken off is done again, and what is cut shows what stands before', async () => {
  const run = makeRun(4000);
  for (const path of [compact(run), run.path('steps'), run.path('parameters')]) writeFileSync(draftOf(path), 'half of it');
  expectAll(openRun(run.dir), 4000);
  await compactRuns([run.dir]);
  await compactRuns([run.dir]);
  expectAll(openRun(run.dir), 4000);
  expect(readdirSync(run.dir).filter((name) => name.endsWith('.draft'))).toEqual([]);
  truncateSync(compact(run), Math.floor(statSync(compact(run)).size / 2));
  const cut = openRun(run.dir);
  expect(cut.series(0).length).toBeGreaterThan(0);
  expect(cut.notices.map(({code}) => code)).toEqual(['damaged-record']);
});

test('gzip and any reader of Arrow streams read it', async () => {
  const run = makeRun(10);
  await compactRuns([run.dir]);
  const bytes = execFileSync('gzip', ['-dc', compact(run)]);
  const {tableFromIPC} = await import('apache-arrow');
  expect(tableFromIPC(bytes).numRows).toBe(10 * PARAMETERS);
});

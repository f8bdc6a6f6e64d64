import {appendFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Finding} from '../../../src/protocol/finding';
import {stepsSchema} from '../../../src/protocol/tables';
import {readLastBatch} from '../../../src/runs/arrowTail';
import {openRun} from '../../../src/runs/runReader';
import {readOverview, RunOverviews} from '../../../src/runs/runOverview';
import {parameterOf, RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const ID = '20261124-101500-a1b2';
const finding: Finding = {id: 'f1', rule: 'exploding', severity: 'error', onsetStep: 2, step: 3, layer: 'd', parameter: 'd/kernel', site: null, value: 9, baseline: 1, message: 'grew', confidence: 0.9};
const range = (from: number, to: number): ReturnType<typeof stepRow>[] => Array.from({length: to - from}, (_, i) => stepRow(from + i));

let store = '';
beforeEach(() => { store = temporaryStore(); });
afterEach(() => { rmSync(dirname(store), {recursive: true, force: true}); });

describe('the overview of a run', () => {
  test('tells what its reader tells, without the tables', () => {
    const run = new RunFolder(store, ID).parameters(parameterOf(0, 'd/kernel')).event({type: 'finding', finding})
      .steps(range(1, 400)).steps(range(400, 5000)).end({step: 4999, time: 77}).exit({time: 88});
    for (const name of ['parameters', 'histograms'] as const) writeFileSync(run.path(name), 'not Arrow at all');
    const reader = openRun(run.dir);
    expect(readOverview(run.dir)).toEqual({
      launch: reader.launch, status: 'finished', steps: reader.steps.length, lastLoss: reader.steps.column('loss').at(-1),
      findings: reader.findings, sing: reader.sing, created: reader.launch.created, ended: 88, interrupted: false,
    });
  });

  test('has no loss where none was seen, NaN where a finding says so', () => {
    const run = new RunFolder(store, ID).steps([stepRow(1), stepRow(2, {loss: NaN})]).exit();
    expect(readOverview(run.dir)).toMatchObject({steps: 2, lastLoss: null});
    run.event({type: 'finding', finding: {...finding, rule: 'non-finite'}});
    expect(readOverview(run.dir).lastLoss).toBeNaN();
  });

  test('throws one line where the folder is gone', () => {
    expect(() => readOverview('/no/such/run')).toThrow(/^[^\n]*no run folder[^\n]*$/);
  });
});

describe('the last batch', () => {
  test('is found behind a torn end, at every length of the file', () => {
    const run = new RunFolder(store, ID).steps(range(1, 4)).steps(range(4, 6));
    const whole = readFileSync(run.path('steps'));
    run.steps(range(6, 9));
    const {length} = readFileSync(run.path('steps'));
    expect(readLastBatch(run.path('steps'), stepsSchema)?.numbers.step).toEqual(Int32Array.of(6, 7, 8));
    for (let size = length - 1; size >= whole.length; size -= 7) {
      truncateSync(run.path('steps'), size);
      expect(readLastBatch(run.path('steps'), stepsSchema)?.numbers.step, `${size} bytes`).toEqual(Int32Array.of(4, 5));
    }
  });

  test('is not taken from numbers that look like a message', () => {
    // -1 as step and a length after it, everywhere.
    const rows = Array.from({length: 3000}, (_, i) => stepRow(i % 2 === 0 ? -1 : 8, {optimizer: i % 2 === 0 ? -1 : 16, tensors: i % 2 === 0 ? -1 : 0}));
    const run = new RunFolder(store, ID).steps(range(1, 9)).steps(rows).steps([stepRow(41)]);
    expect(readLastBatch(run.path('steps'), stepsSchema)?.numbers.step).toEqual(Int32Array.of(41));
  });

  test('is none in a file that is no Arrow stream, empty, or not there', () => {
    const run = new RunFolder(store, ID);
    expect(readLastBatch(run.path('steps'), stepsSchema)).toBeNull();
    writeFileSync(run.path('steps'), '');
    expect(readLastBatch(run.path('steps'), stepsSchema)).toBeNull();
    writeFileSync(run.path('steps'), 'x'.repeat(5000));
    expect(readLastBatch(run.path('steps'), stepsSchema)).toBeNull();
  });
});

describe('overviews of a store', () => {
  test('follow a live run, and stay the same object while nothing happens', () => {
    const overviews = new RunOverviews();
    const run = new RunFolder(store, ID, {created: Date.now()}).event({type: 'start', pid: process.pid, processStart: null, node: 'v20', time: 0, control: null}).steps([stepRow(1)]);
    const first = overviews.get(run.dir);
    expect(first).toMatchObject({status: 'running', steps: 1, ended: null, findings: []});
    expect(overviews.get(run.dir)).toBe(first);
    run.steps([stepRow(2)]).event({type: 'finding', finding});
    expect(overviews.get(run.dir)).toMatchObject({status: 'running', steps: 2, lastLoss: 0.5, findings: [finding]});
    appendFileSync(run.path('events'), '{"type":"stop","step":2,');
    expect(overviews.get(run.dir)).toMatchObject({interrupted: false});
    appendFileSync(run.path('events'), '"by":"request"}\n');
    run.end({step: 2, stopped: true}).exit({interrupted: true});
    expect(overviews.get(run.dir)).toMatchObject({status: 'stopped', interrupted: true, findings: [finding]});
  });

  test('list what is there, name what can\'t be read, and forget what has gone', () => {
    const overviews = new RunOverviews();
    const run = new RunFolder(store, ID).exit();
    const damaged = new RunFolder(store, '20261124-101501-ffff');
    writeFileSync(damaged.path('launch'), '{');
    expect(overviews.list(store).map(({id, overview, problem}) => [id, overview?.status, problem?.includes('damaged')])).toEqual([[ID, 'finished', undefined], ['20261124-101501-ffff', undefined, true]]);
    rmSync(damaged.dir, {recursive: true});
    cpSync(run.dir, run.dir.replace('a1b2', 'cccc'), {recursive: true});
    rmSync(run.dir, {recursive: true});
    expect(overviews.list(store).map(({id}) => id)).toEqual(['20261124-101500-cccc']);
    expect(new RunOverviews().list('/no/such/store')).toEqual([]);
  });
});

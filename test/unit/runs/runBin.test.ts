import {existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {discardRun, discardTrial, emptyBin, restoreRun, restoreTrial} from '../../../src/runs/runBin';
import {openRun} from '../../../src/runs/runReader';
import {listRunIds, listTrialIds, newRunId, trialDir} from '../../../src/runs/runStore';
import {newTrial, readTrial, writeTrial} from '../../../src/runs/trial';
import {claimTrial, releaseTrial} from '../../../src/runs/trialClaim';
import {RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const TRIAL = 'trial-20261124-101500-a1b2';
let store = '';
beforeEach(() => { store = temporaryStore(); });
afterEach(() => { rmSync(dirname(store), {recursive: true, force: true}); });

function trialOf(runs: string[]): void {
  writeTrial(store, newTrial({id: TRIAL, script: 'a.js', args: [], cwd: '/', created: 1, arms: [{name: 'off', lrScale: 1}], seeds: [1], options: {}, runs: runs.map((run) => ({arm: 'off', seed: 1, run}))}));
}

test('a run leaves the store, and comes back as it was', () => {
  const run = new RunFolder(store, newRunId()).steps([stepRow(1)]).exit();
  const [id, events] = [openRun(run.dir).id, readFileSync(run.path('steps'))];
  discardRun(store, id);
  expect(listRunIds(store)).toEqual([]);
  restoreRun(store, id);
  expect(listRunIds(store)).toEqual([id]);
  expect(readFileSync(run.path('steps'))).toEqual(events);
  expect(() => { restoreRun(store, id); }).toThrow(/no discarded run/);
});

test('a run that goes on stays', () => {
  const run = new RunFolder(store, newRunId(), {created: Date.now()}).event({type: 'start', pid: process.pid, processStart: null, node: 'v20', time: 0, control: null});
  expect(() => { discardRun(store, openRun(run.dir).id); }).toThrow(/goes on; stop it first/);
  expect(existsSync(run.dir)).toBe(true);
});

test('a trial goes and comes with its runs, other runs stay', () => {
  const [a, b, other] = ['20261124-101501-aaaa', '20261124-101502-bbbb', '20261124-101503-cccc'];
  for (const id of [a, b, other]) new RunFolder(store, id).exit();
  trialOf([a, b, '20261124-101504-dddd']);
  discardTrial(store, TRIAL);
  expect([listRunIds(store), listTrialIds(store)]).toEqual([[other], []]);
  restoreTrial(store, TRIAL);
  expect([listRunIds(store), listTrialIds(store)]).toEqual([[a, b, other], [TRIAL]]);
  expect(readTrial(trialDir(store, TRIAL)).runs.map(({run}) => run)).toContain(a);
});

test('a trial that is worked on stays, and so does one with a run that goes on', () => {
  const id = newRunId();
  trialOf([id]);
  expect(claimTrial(trialDir(store, TRIAL))).toBeNull();
  expect(() => { discardTrial(store, TRIAL); }).toThrow(new RegExp(`goes on in process ${process.pid}`));
  releaseTrial(trialDir(store, TRIAL));
  new RunFolder(store, id, {created: Date.now()});
  expect(() => { discardTrial(store, TRIAL); }).toThrow(/goes on/);
  expect(listTrialIds(store)).toEqual([TRIAL]);
});

test('a claim is refused while its process lives, and taken over from a dead or damaged one', () => {
  const dir = join(store, 'trials', TRIAL);
  mkdirSync(dir, {recursive: true});
  expect(claimTrial(dir)).toBeNull();
  expect(claimTrial(dir)).toBe(process.pid);
  for (const text of [JSON.stringify({pid: process.pid, processStart: '1'}), JSON.stringify({pid: 2 ** 30, processStart: null}), '{"pi']) {
    writeFileSync(join(dir, 'process.json'), text);
    expect(claimTrial(dir)).toBeNull();
  }
});

test('the bin is emptied of what was discarded long ago', () => {
  const [a, b] = ['20261124-101501-aaaa', '20261124-101502-bbbb'];
  for (const id of [a, b]) {
    const run = new RunFolder(store, id).exit();
    utimesSync(run.dir, 1, 1);
    discardRun(store, id);
  }
  expect(emptyBin(store, 60_000)).toEqual([]);
  utimesSync(join(store, 'bin', a), 1, 1);
  expect(emptyBin(store, 60_000)).toEqual([a]);
  restoreRun(store, b);
  expect(emptyBin('/no/such/store', 0)).toEqual([]);
});

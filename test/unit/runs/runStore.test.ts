import {existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {expect, test} from 'vitest';
import {readLaunch} from '../../../src/runs/launchFile';
import {RunError} from '../../../src/runs/runError';
import {createRunFolder, findStore, listRunIds, newRunId, pruneRuns, removeRun, resolveRun, resolveTrial, runDir, trialDir} from '../../../src/runs/runStore';
import {newTrial, readTrial, writeTrial, type Trial} from '../../../src/runs/trial';
import {launchOf, RunFolder, temporaryStore} from '../../support/runFolder';

function thrown(action: () => unknown): RunError {
  try {
    action();
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('the store is beside the nearest package.json, or in the folder itself', () => {
  const root = mkdtempSync(join(tmpdir(), 'singscope-find-'));
  mkdirSync(join(root, 'a/b'), {recursive: true});
  expect(findStore(join(root, 'a/b'))).toBe(join(root, 'a/b', '.singscope'));
  writeFileSync(join(root, 'package.json'), '{}');
  expect(findStore(join(root, 'a/b'))).toBe(join(root, '.singscope'));
});

test('ids sort by time, within a second too, and differ within a millisecond', () => {
  const first = newRunId(new Date(Date.UTC(2026, 10, 24, 10, 15, 0, 42)));
  const later = newRunId(new Date(Date.UTC(2026, 10, 24, 10, 15, 0, 43)));
  expect(first).toMatch(/^20261124-101500042-[0-9a-f]{4}$/);
  expect(first < later).toBe(true);
  const same = new Set(Array.from({length: 50}, () => newRunId(new Date(0))));
  expect(same.size).toBeGreaterThan(40);
});

test('a new folder holds its launch, and the store is left out of git', () => {
  const store = temporaryStore();
  const launch = launchOf('20261124-101500-a1b2', {args: ['--épochs', '3'], seed: 7});
  const dir = createRunFolder(store, launch);
  expect(readLaunch(dir)).toEqual(launch);
  expect(readFileSync(join(store, '.gitignore'), 'utf8')).toBe('*\n');
});

test('a store that cannot be made says what to do', () => {
  const root = mkdtempSync(join(tmpdir(), 'singscope-file-'));
  writeFileSync(join(root, 'store'), '');
  const error = thrown(() => createRunFolder(join(root, 'store'), launchOf('a')));
  expect(error.code).toBe('store-unwritable');
  expect(error.message).toMatch(/--store DIR/);
});

test('a run is found by id, beginning, end, or as the last one', () => {
  const store = temporaryStore();
  for (const id of ['20261124-101500-a1b2', '20261124-101501-c3d4', '20261125-090000-e5f6']) new RunFolder(store, id);
  const found = (reference: string): string => basename(resolveRun(store, reference));
  expect(found('last')).toBe('20261125-090000-e5f6');
  expect(found('20261125')).toBe('20261125-090000-e5f6');
  expect(found('c3d4')).toBe('20261124-101501-c3d4');
  expect(found('20261124-101500-a1b2')).toBe('20261124-101500-a1b2');
  const ambiguous = thrown(() => found('20261124'));
  expect(ambiguous.code).toBe('ambiguous');
  expect(ambiguous.message).toMatch(/a1b2.*c3d4/);
  const missing = thrown(() => found('20261124-101501-c3d5'));
  expect(missing.code).toBe('not-found');
  expect(missing.message).toMatch(/near it.*: 20261124-101501-c3d4/);
  expect(missing.message).not.toMatch(/\n/);
});

test('an empty store says how to fill it', () => {
  expect(thrown(() => resolveRun(temporaryStore(), 'last')).message).toMatch(/singscope run <script>/);
  expect(thrown(() => resolveTrial(temporaryStore(), 'last')).message).toMatch(/singscope ab <script>/);
});

test.each(['..', '../x', 'a/b', 'a\\b', '', '.', '/etc', 'a\0b', 'x'.repeat(200)])('%j is refused as an id everywhere', (id) => {
  const store = temporaryStore();
  new RunFolder(store, '20261124-101500-a1b2');
  for (const action of [() => runDir(store, id), () => trialDir(store, id), () => { removeRun(store, id); }, () => resolveRun(store, id), () => createRunFolder(store, launchOf(id))]) {
    expect(thrown(action).code).toBe('bad-id');
  }
  expect(listRunIds(store)).toEqual(['20261124-101500-a1b2']);
});

test('pruning keeps the newest and what still goes on', () => {
  const store = temporaryStore();
  const running = new RunFolder(store, '20261101-000000-0000')
    .event({type: 'start', pid: process.pid, processStart: null, node: 'v20', time: 0, control: null});
  const past = ['20261102-000000-0001', '20261103-000000-0002', '20261104-000000-0003'].map((id) => new RunFolder(store, id).end());
  expect(pruneRuns(store, {keep: 1})).toEqual(['20261102-000000-0001', '20261103-000000-0002']);
  expect(existsSync(running.dir)).toBe(true);
  expect(existsSync(past[2]?.dir ?? '')).toBe(true);
  removeRun(store, '20261104-000000-0003');
  expect(listRunIds(store)).toEqual(['20261101-000000-0000']);
  expect(thrown(() => { removeRun(store, '20261104-000000-0003'); }).code).toBe('not-found');
});

test('pruning by size lets the oldest go until the rest fits', () => {
  const store = temporaryStore();
  const runs = ['20261102-000000-0001', '20261103-000000-0002', '20261104-000000-0003'].map((id) => new RunFolder(store, id).end());
  for (const run of runs) writeFileSync(join(run.dir, 'stdout.log'), Buffer.alloc(100_000));
  expect(pruneRuns(store, {mostBytes: 1e6})).toEqual([]);
  expect(pruneRuns(store, {mostBytes: 250_000})).toEqual(['20261102-000000-0001']);
  expect(pruneRuns(store, {mostBytes: 0})).toEqual(['20261103-000000-0002', '20261104-000000-0003']);
});

test('a trial is read as it was written; damaged and newer ones are refused', () => {
  const store = temporaryStore();
  const trial: Trial = newTrial({
    id: 'trial-20261124-101500-a1b2', script: 'train.js', args: [], cwd: '/tmp', created: 1, arms: [{name: 'off', lrScale: 1}, {name: 'on', lrScale: 1}],
    seeds: [1, 2], options: {maxSteps: 50}, runs: [{arm: 'off', seed: 1, run: '20261124-101500-c3d4'}],
  });
  const dir = writeTrial(store, trial);
  expect(readTrial(resolveTrial(store, 'last'))).toEqual(trial);
  writeFileSync(join(dir, 'trial.json'), JSON.stringify({...trial, format: 99}));
  expect(thrown(() => readTrial(dir)).message).toMatch(/written by a newer SINGscope \(format 99\); update singscope/);
  writeFileSync(join(dir, 'trial.json'), '{"format":1,');
  expect(thrown(() => readTrial(dir)).code).toBe('corrupt');
  expect(thrown(() => readTrial(trialDir(store, 'trial-x'))).code).toBe('missing');
});

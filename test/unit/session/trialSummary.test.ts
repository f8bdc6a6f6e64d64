import {expect, test} from 'vitest';
import type {ArmName, TrialSummary} from '../../../src/protocol/runSummary';
import {newTrial, type Trial} from '../../../src/runs/trial';
import {REPEAT_ARM} from '../../../src/session/trialPlan';
import {summarizeTrial} from '../../../src/session/trialSummary';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore, type Row} from '../../support/runFolder';

type Arm = ArmName | typeof REPEAT_ARM;
/** Rows of the steps of one run. */
type Steps = (arm: Arm, seed: number) => Row[];

const range = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, i) => from + i);

function trialOf(seeds: number[], steps: Steps): TrialSummary {
  const store = temporaryStore();
  const jobs: {arm: Arm; seed: number}[] = [...seeds.flatMap((seed) => (['off', 'on'] as const).map((arm) => ({arm, seed}))), {arm: REPEAT_ARM, seed: seeds[0] ?? 1}];
  const runs: Trial['runs'] = jobs.map(({arm, seed}, i) => {
    const rows = steps(arm, seed);
    const folder = new RunFolder(store, `20261124-1015${String(i).padStart(2, '0')}-a1b2`, {arm, seed}).parameters(parameterOf(0, 'a/kernel'))
      .steps(rows).rows(rows.map(({step, norm}) => parameterRow(Number(step), 0, {norm: Number(norm)}))).end().exit();
    return {arm, seed, run: folder.dir.split('/').at(-1) ?? ''};
  });
  return summarizeTrial(store, newTrial({id: 'trial-20261124-101500-a1b2', script: '/x/train.js', args: [], cwd: '/x', created: 0, arms: [{name: 'off', lrScale: 1}, {name: 'on', lrScale: 1}], seeds, options: {}, runs}));
}

/** A loss that falls with the steps, and in the end is higher with SING. */
const lossOf = (arm: Arm, step: number): number => 2 / step + (arm === 'on' ? 0.1 : 0);
const seeds = [1, 2, 3, 4, 5, 6];

test('seeds that change nothing are one pair of runs, not six', () => {
  const noise = (seed: number): number => 1 + seed * 1e-9;
  const same = trialOf(seeds, (arm, seed) => range(1, 60).map((step) => stepRow(step, {loss: lossOf(arm, step) * noise(seed), norm: noise(seed) / step})));
  expect(same.verdict).toMatchObject({winner: 'none', pairs: 1});
  expect(same.verdict.text).toContain('The seed has no effect in this script: all 6 seeds trained alike');
  // They end alike, as after a long training, but came there by other ways.
  const other = trialOf(seeds, (arm, seed) => range(1, 60).map((step) => stepRow(step, {loss: lossOf(arm, step) + (step < 20 ? seed / 10 : 0), norm: 1 / step})));
  expect(other.verdict).toMatchObject({winner: 'off', pairs: 6});
  // The loss of a network that says the same to everything tells nothing of its seed; the gradient does.
  const stuck = trialOf(seeds, (arm, seed) => range(1, 60).map((step) => stepRow(step, {loss: arm === 'on' ? 0.8 : 0.7, norm: seed / step})));
  expect(stuck.verdict).toMatchObject({winner: 'off', pairs: 6});
});

test('runs that end at other steps, as by the clock, are copies all the same', () => {
  const summary = trialOf(seeds, (arm, seed) => range(1, 60 + seed).map((step) => stepRow(step, {loss: lossOf(arm, step), norm: 1 / step})));
  expect(summary.verdict).toMatchObject({winner: 'none', pairs: 1});
});

test('trainings without a loss are not compared, and none is said to have diverged', () => {
  const summary = trialOf([1, 2], (_arm, seed) => range(1, 30).map((step) => stepRow(step, {loss: NaN, norm: seed / step})));
  expect(summary.arms.map(({diverged, finalLoss}) => ({diverged, mean: finalLoss.mean}))).toEqual([{diverged: 0, mean: null}, {diverged: 0, mean: null}]);
  expect(summary.verdict).toMatchObject({winner: 'none', pValue: null, effect: null, pairs: 0});
  expect(summary.verdict.text).toMatch(/^No loss was seen in any run/);
  expect(summary.verdict.text).not.toContain('learning rate');
});

test('the same training twice is the same, whichever of its steps the thinned records kept', () => {
  const kept = (arm: Arm): number[] => [...range(1, 100), ...range(101, 900).filter((step) => step % 7 === (arm === REPEAT_ARM ? 0 : 3) || step % 10 === 0), ...range(901, 1000)];
  const rows = (arm: Arm, seed: number, change = (_step: number): number => 0): Row[] => kept(arm).map((step) => stepRow(step, {loss: lossOf(arm, step) + seed + change(step), norm: 1 / step}));
  expect(trialOf([1, 2], rows).noiseFloor?.sameSeedIdentical).toBe(true);
  expect(trialOf([1, 2], (arm, seed) => rows(arm, seed, (step) => (arm === REPEAT_ARM && step === 500 ? 1e-9 : 0))).noiseFloor?.sameSeedIdentical).toBe(false);
  expect(trialOf([1, 2], (arm, seed) => rows(arm, seed).slice(0, arm === REPEAT_ARM ? -1 : undefined)).noiseFloor?.sameSeedIdentical).toBe(false);
});

test('rows of two threads that lie crosswise are compared by their steps', () => {
  const crosswise = (rows: Row[]): Row[] => rows.map((row, i) => rows[i % 2 === 0 ? Math.min(i + 1, rows.length - 1) : i - 1] ?? row);
  const rows = (arm: Arm, seed: number): Row[] => range(1, 40).map((step) => stepRow(step, {loss: lossOf(arm, step) + seed, norm: 1 / step, thread: step % 2}));
  const summary = trialOf([1, 2], (arm, seed) => (arm === REPEAT_ARM ? crosswise(rows(arm, seed)) : rows(arm, seed)));
  expect(summary.noiseFloor?.sameSeedIdentical).toBe(true);
});

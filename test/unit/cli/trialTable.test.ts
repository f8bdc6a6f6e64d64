import {expect, test} from 'vitest';
import {differencesTable} from '../../../src/cli/trialTable';
import type {TrialRun} from '../../../src/session/trialSummary';

const run = (seed: number, finalLoss: number | null, diverged = false): TrialRun => ({seed, finalLoss, summary: {diverged}}) as unknown as TrialRun;

test('a run without a loss is not called diverged', () => {
  const rows = differencesTable([run(1, null), run(2, NaN, true)], [run(1, null), run(2, 0.5)], 'on').split('\n');
  expect(rows.find((row) => /^│ 1 /.test(row))).toMatch(/no loss +│ no loss +│ –/);
  expect(rows.find((row) => /^│ 2 /.test(row))).toMatch(/diverged +│ 0\.5 +│ on better/);
});

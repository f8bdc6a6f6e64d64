import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {packageRoot} from '../support/managedRuntime';
import {singscope} from '../support/singscope';

const fixtures = join(packageRoot, 'test/fixtures');
let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-optimizers-')); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

interface Told {
  answer: number | null;
  weights: number[];
  sameClass: boolean;
}

/** What the script prints last, and what the tool says of the run. */
async function observed(options: string[], script: string, ...args: string[]): Promise<{told: string; summary: RunSummary}> {
  const {stdout, stderr} = await singscope(['run', join(fixtures, script), ...options, '--json', '--store', join(folder, 'store'), '--', ...args]);
  return {told: stderr.split('\n').filter((line) => line.startsWith('{')).at(-1) ?? '', summary: JSON.parse(stdout) as RunSummary};
}

function alone(kind: string): Told {
  const {stdout} = spawnSync(process.execPath, [join(fixtures, 'forms/optimizers.js'), kind], {encoding: 'utf8'});
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told;
}

test.each(['answering', 'later', 'scheduled', 'derived'])('%s: every step is seen once, and the script gets what it gets without us', async (kind) => {
  const {told, summary} = await observed([], 'forms/optimizers.js', kind);
  expect(JSON.parse(told)).toEqual(alone(kind));
  expect((JSON.parse(told) as Told).sameClass).toBe(true);
  expect(summary.steps).toBe(6);
  expect(Number(summary.loss.last)).toBeLessThan(Number(summary.loss.first));
});

test('SING holds its gradients for an optimizer that applies them later', async () => {
  const {told, summary} = await observed(['--sing', 'on'], 'forms/optimizers.js', 'later');
  const now = await observed(['--sing', 'on'], 'forms/optimizers.js', 'answering');
  expect(summary).toMatchObject({status: 'finished', steps: 6});
  expect((JSON.parse(told) as Told).weights).toEqual((JSON.parse(now.told) as Told).weights);
  expect((JSON.parse(told) as Told).weights).not.toEqual(alone('later').weights);
});

test('a rate that only the optimizer can set is left alone, and that is said', async () => {
  const {told, summary} = await observed(['--lr-scale', '2'], 'forms/optimizers.js', 'scheduled');
  expect(summary.notices.map(({code}) => code)).toContain('rate-not-scaled');
  expect((JSON.parse(told) as Told).weights).toEqual(alone('scheduled').weights);
});

test.each(['off', 'on'])('an error in the optimizer\'s own update is shown at its own line, with SING %s', async (mode) => {
  const file = join(fixtures, 'scripts/updateThrows.js');
  const {code, stdout, stderr} = await singscope(['run', file, '--sing', mode, '--json', '--store', join(folder, 'store')]);
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({status: 'failed', exitCode: 1, steps: 3});
  expect(stderr).toContain(`${file}:7\n    if (this.count === 4) throw new RangeError('my own failure');`);
});

test('a fit that fails while nobody waits for it still ends the script', async () => {
  const {summary} = await observed([], 'scripts/fitFails.js');
  expect(summary).toMatchObject({status: 'failed', exitCode: 1});
});

test('a script that froze Error trains as it did', async () => {
  const {summary} = await observed([], 'scripts/frozenError.js');
  expect(summary).toMatchObject({status: 'finished', steps: 5});
});

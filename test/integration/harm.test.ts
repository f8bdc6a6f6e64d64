import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

// Where SING would do harm it says so before harm is done, and what can't be helped is seen and counted.

let folder = '';
let managed = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-harm-'));
  managed = (await managedRuntime()).tfjsNodeDir;
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

function run(form: string, options: string[], args: string[] = [], tfjs = '@tensorflow/tfjs'): Promise<RunSummary> {
  const script = join(packageRoot, 'test/fixtures/forms', form);
  return singscopeJson<RunSummary>(['run', script, ...options, '--json', '--store', join(folder, 'store'), '--', ...args], {...process.env, TFJS: tfjs});
}

const codes = ({notices}: RunSummary): string[] => notices.map(({code}) => code);

describe('the starter of tfjs, y = 2x − 1', () => {
  test.each([1, 2, 3])('trains with SING, seed %i', async (seed) => {
    const summary = await run('starter.js', ['--sing', 'on', '--seed', String(seed)]);
    expect(summary.steps).toBe(600);
    expect(Number(summary.loss.last)).toBeLessThan(1e-2);
    expect(codes(summary)).toContain('not-centralized');
  });

  test('does not with the authors\' rule, which has to be asked for and is told', async () => {
    const summary = await run('starter.js', ['--sing', 'on', '--centralize', 'always', '--seed', '1']);
    expect(Number(summary.loss.last)).toBeGreaterThan(1);
    expect(codes(summary)).toContain('centralized-to-zero');
  });
});

interface Outcome {
  summary: RunSummary;
  /** Weights of both parameters after each step. */
  weights: string[][][];
}

async function infinite(kind: string, tfjs: string, options: string[]): Promise<Outcome> {
  const out = join(folder, `${kind} ${options.join(' ')}.json`);
  const summary = await run('infinite.js', options, [kind, out], tfjs);
  return {summary, weights: JSON.parse(readFileSync(out, 'utf8')) as string[][][]};
}

const on = (runtime: string): string => (runtime === 'managed' ? managed : '@tensorflow/tfjs');

test.each([
  ['adam', 'on', 'managed'], ['adam', 'full', 'managed'], ['rmsprop', 'on', 'pure JavaScript'],
])('a NaN in one gradient, %s with --sing %s on %s: its parameter is lost, the other goes on, and a finding says so', async (kind, mode, runtime) => {
  const {summary, weights} = await infinite(kind, on(runtime), ['--sing', mode]);
  const [a, b] = weights.at(-1) as [string[], string[]];
  expect(a.every((value) => value === 'NaN')).toBe(true);
  expect(b.every((value) => Number.isFinite(Number(value)))).toBe(true);
  expect(summary).toMatchObject({steps: 6, skippedSteps: 0});
  expect(summary.findings).toEqual([expect.objectContaining({rule: 'non-finite', onsetStep: 3, parameter: 'a/kernel'})]);
});

test.each([
  ['adam', 'on', 'managed'], ['rmsprop', 'on', 'managed'], ['adam', 'off', 'managed'], ['adam', 'full', 'managed'],
  ['sgd', 'on', 'pure JavaScript'], ['adam', 'full', 'pure JavaScript'],
])('a NaN in one gradient, %s with --sing %s --skip-non-finite on %s: the step changes nothing and is counted', async (kind, mode, runtime) => {
  const {summary, weights} = await infinite(kind, on(runtime), ['--sing', mode, '--skip-non-finite']);
  expect(weights[2]).toEqual(weights[1]);
  expect(weights[3]).not.toEqual(weights[2]);
  expect(weights.flat(2).every((value) => Number.isFinite(Number(value)))).toBe(true);
  expect(summary).toMatchObject({steps: 6, skippedSteps: 1});
  expect(summary.findings.map(({rule}) => rule)).toContain('non-finite');
});

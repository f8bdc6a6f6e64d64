import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {execFile} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary, TrialSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscope, singscopeJson} from '../support/singscope';

// Updates that our kernels make in the place of the script's optimizer: who makes them, what stays true, what is said.

const script = join(packageRoot, 'test/fixtures/forms/network.js');
let folder = '';
let packages: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-kernels-'));
  packages = {managed: (await managedRuntime()).tfjsNodeDir, 'pure JavaScript': '@tensorflow/tfjs'};
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

interface Told {
  weights: string[][];
  tensors: [number, number][];
  iterations: number;
  state: [string, string[]][];
}

const env = (runtime: string): NodeJS.ProcessEnv => ({...process.env, TFJS: packages[runtime]});
let outs = 0;

async function run(runtime: string, options: string[], kind: string, steps = 20): Promise<{summary: RunSummary; told: Told}> {
  const out = join(folder, `${outs++}.json`);
  const summary = await singscopeJson<RunSummary>(['run', script, ...options, '--json', '--store', join(folder, 'store'), '--', kind, String(steps), out], env(runtime));
  return {summary, told: JSON.parse(readFileSync(out, 'utf8')) as Told};
}

const codes = ({notices}: RunSummary): string[] => notices.map(({code}) => code);

test.each([
  ['managed', 'adam', 'off', 'stock'], ['managed', 'adam', 'on', 'fused'], ['managed', 'nesterov', 'on', 'fused'], ['managed', 'rmsprop', 'on', 'fused'], ['managed', 'adamax', 'full', 'fused'],
  ['pure JavaScript', 'adam', 'on', 'js'], ['pure JavaScript', 'adam', 'full', 'js'],
])('on %s, %s with --sing %s: kernels %s; tensors and bytes stand still, the steps are counted', async (runtime, kind, mode, kernels) => {
  const steps = mode === 'off' ? 20 : 1000;
  const {summary, told} = await run(runtime, ['--sing', mode], kind, steps);
  expect(summary).toMatchObject({status: 'finished', steps, skippedSteps: 0});
  expect(summary.backend?.kernels).toBe(kernels);
  expect(told.iterations).toBe(steps);
  expect(told.tensors.at(-1)).toEqual(told.tensors[2]);
  expect(codes(summary)).not.toContain('kernels-failed');
  expect(Number(summary.loss.last)).toBeLessThan(Number(summary.loss.first));
});

test.each(['sgd', 'momentum', 'adam'])('%s: what the optimizer remembers is what it would have remembered alone', async (kind) => {
  const out = join(folder, `${kind} alone.json`);
  await promisify(execFile)(process.execPath, [script, kind, '20', out], {env: env('managed')});
  const alone = JSON.parse(readFileSync(out, 'utf8')) as Told;
  const {told} = await run('managed', ['--sing', 'on', '--no-centralize', '--no-normalize'], kind);
  expect(told.state.map(([name]) => name)).toEqual(alone.state.map(([name]) => name));
  told.state.forEach(([name, values], at) => {
    const wanted = alone.state[at]?.[1] ?? [];
    values.forEach((value, index) => { expect(Math.abs(Number(value) - Number(wanted[index])), name).toBeLessThan(1e-5); });
  });
});

test('what our kernels have on loan from Adam is looked at without ending the loan', async () => {
  const [stock, fused] = [await run('managed', ['--sing', 'off'], 'adam'), await run('managed', ['--sing', 'on', '--no-centralize', '--no-normalize'], 'adam')];
  expect([stock, fused].map(({summary}) => summary.backend?.kernels)).toEqual(['stock', 'fused']);
  const [own, lent] = [stock, fused].map(({summary}) => openRun(join(summary.store, 'runs', summary.run))) as [RunReader, RunReader];
  let compared = 0;
  for (const {index} of own.parameters) {
    const [a, b] = [own.updates(index), lent.updates(index)];
    a.column('step').forEach((step, row) => {
      const other = b.column('step').indexOf(step);
      if (other < 0) return;
      const rms = b.column('secondMomentRms')[other] ?? NaN;
      expect(Math.abs(rms / (a.column('secondMomentRms')[row] ?? NaN) - 1)).toBeLessThan(1e-3);
      compared++;
    });
  }
  expect(compared).toBeGreaterThan(own.parameters.length);
});

test('an optimizer of the script\'s own is replaced by full SING, and that is said', async () => {
  const {summary} = await run('managed', ['--sing', 'full', '--weight-decay', '0.01', '--no-lookahead'], 'own');
  expect(codes(summary)).toContain('optimizer-replaced');
  expect(summary.sing).toMatchObject({mode: 'full', softplus: true, lookahead: false, weightDecay: 0.01});
});

test('full SING in front of SGD ends the run before its first step, with one line that says what to do', async () => {
  const {code, stderr, stdout} = await singscope(['run', script, '--sing', 'full', '--json', '--store', join(folder, 'store'), '--', 'sgd', '5'], env('pure JavaScript'));
  expect(code).toBe(2);
  expect(stderr.split('\n').filter((line) => line.startsWith('singscope: '))).toEqual([expect.stringMatching(/Adam-family.*SGDOptimizer.*tf\.train\.adam.*--sing on/)]);
  const summary = JSON.parse(stdout) as RunSummary;
  expect(summary).toMatchObject({status: 'failed', exitCode: 2, steps: 0});
  expect(codes(summary)).toContain('full-needs-adam');
  expect(codes(summary)).not.toContain('no-steps');
});

test('the arms of a trial make their updates by the same kernels, unless the off arm is to be left alone', async () => {
  const ab = (...options: string[]): Promise<TrialSummary> =>
    singscopeJson<TrialSummary>(['ab', script, '--seeds', '1', '--json', '--store', join(folder, 'trials'), ...options, '--', 'adam', '12'], env('managed'));
  const kernelsOf = ({arms}: TrialSummary): string[] => arms.map(({name, runs}) => `${name} ${runs[0]?.backend?.kernels ?? ''}`);
  const three = await ab('--arms', 'off,on,full');
  expect(kernelsOf(three)).toEqual(['off fused', 'on fused', 'full fused']);
  expect(three.arms.map(({runs}) => runs[0]?.sing.mode)).toEqual(['off', 'on', 'full']);
  expect(three.noiseFloor?.sameSeedIdentical).toBe(true);
  expect(three.verdict.text).toMatch(/Off against on: .*Off against full: .*SING full.*All arms/s);
  const untouched = await ab('--arms', 'off,full', '--off-untouched');
  expect(kernelsOf(untouched)).toEqual(['off stock', 'full fused']);
  expect(untouched.arms[0]?.runs.flatMap(codes)).toContain('unequal-kernels');
});

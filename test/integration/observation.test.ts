import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {GradientMoments} from '../../src/protocol/moments';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader, type SeriesColumn} from '../../src/runs/runReader';
import {managedRuntime, packageRoot} from '../support/managedRuntime';

// With SING off the worker changes no number: the weights of an observed run are bit-identical to
// those of the same script alone. The same runs show that the tap was alive: the recorded moments
// are those that the script itself summed in float64.

const KINDS = [
  'fit', 'fitDataset', 'trainOnBatch', 'minimize', 'gradientsAsMap', 'gradientsAsArray', 'ownOptimizer',
  'twoOptimizers', 'accumulated', 'convolutional', 'frozen', 'unfrozen', 'sharedAndNested', 'customLayer', 'recurrent', 'embedding', 'loaded', 'twoModels',
];
const script = join(packageRoot, 'test/fixtures/loops/loops.js');

type OwnMoments = Omit<GradientMoments, 'count' | 'negInf' | 'posInf'>;

interface Outcome {
  weights: string[];
  steps: Record<string, OwnMoments>[];
  updates: Record<string, {weight: number; update: number; values: number[]; dead: number; rms: number | null}>[];
  tensors: number;
}

let folder = '';
let packages: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-observation-'));
  const runtime = await managedRuntime();
  packages = {managed: runtime.tfjsNodeDir, 'pure JavaScript': '@tensorflow/tfjs'};
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

describe.each(['managed', 'pure JavaScript'])('on %s', (runtime) => {
  test.each(KINDS)('%s: same bits as unobserved, moments as the script\'s own', (kind) => {
    const env = {...process.env, TFJS: packages[runtime]};
    const alone = join(folder, `${runtime}-${kind}-alone.json`);
    execFileSync(process.execPath, [script, kind, alone], {env, stdio: 'ignore'});
    const observed = join(folder, `${runtime}-${kind}-observed.json`);
    const {run, store} = observe([kind, observed], env);

    const [expected, got] = [alone, observed].map((path) => JSON.parse(readFileSync(path, 'utf8')) as Outcome) as [Outcome, Outcome];
    expect(got.weights).toEqual(expected.weights);
    expect(got.tensors).toBe(expected.tensors);
    expect(got.steps).toEqual(expected.steps);
    const reader = openRun(join(store, 'runs', run));
    const compared = compareMoments(reader, got.steps);
    compareUpdates(reader, got.updates);
    expect(compared).toBe(got.steps.reduce((sum, step) => sum + Object.keys(step).length, 0));
    expect(compared).toBeGreaterThan(0);
  });
});

test.each(['minimize', 'gradientsAsMap', 'recurrent', 'twoOptimizers'])('as on a GPU, %s: moments by TensorFlow\'s own kernels, but for sampled steps', (kind) => {
  const out = join(folder, `device-${kind}.json`);
  const {run, store, backend, notices} = observe([kind, out], {...process.env, TFJS: packages.managed, AS_ON_GPU: '1'});
  expect(backend?.device).toBe('gpu');
  expect(notices.map(({message}) => message)).toEqual([expect.stringMatching(/^The native operations run on the CPU only.*take the moments there/)]);
  const got = JSON.parse(readFileSync(out, 'utf8')) as Outcome;
  const reader = openRun(join(store, 'runs', run));
  expect(compareMoments(reader, got.steps)).toBe(got.steps.reduce((sum, step) => sum + Object.keys(step).length, 0));
  compareUpdates(reader, got.updates);
});

test('observation of TensorFlow goes through the native op, of pure JavaScript by copies', () => {
  for (const [runtime, tensorflow] of [['managed', '2.21.0'], ['pure JavaScript', null]] as const) {
    const {backend, notices} = observe(['minimize', join(folder, 'ops.json')], {...process.env, TFJS: packages[runtime]});
    expect(backend?.tensorflow).toBe(tensorflow);
    expect(notices.map(({code}) => code)).not.toContain('fallback-kernels');
  }
});

function observe(args: string[], env: NodeJS.ProcessEnv): RunSummary {
  const shim = join(packageRoot, 'bin/singscope.js');
  const text = execFileSync(process.execPath, [shim, 'run', script, '--json', '--store', join(folder, 'store'), '--', ...args], {env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
  return JSON.parse(text) as RunSummary;
}

/** @returns how many rows were held against the script's own */
function compareMoments(reader: RunReader, steps: readonly Record<string, OwnMoments>[]): number {
  reader.refresh();
  let compared = 0;
  for (const parameter of reader.parameters) {
    const series = reader.series(parameter.index);
    const column = (name: SeriesColumn): ArrayLike<number> => series.column(name);
    const at = column('step');
    for (let row = 0; row < at.length; row++) {
      const own = steps[(at[row] ?? 0) - 1]?.[parameter.name];
      if (own === undefined) throw new Error(`${parameter.name} has no gradient in step ${at[row]} of the script`);
      const rms = own.norm / Math.sqrt(parameter.shape.reduce((size, length) => size * length, 1));
      for (const name of ['mean', 'std', 'min', 'max', 'norm'] as const) {
        expectClose(column(name)[row] ?? NaN, own[name], rms, `${parameter.name} ${name} of step ${at[row]}`);
      }
      expect(column('zeros')[row]).toBe(own.zeros);
      expect(column('nan')[row]).toBe(own.nan);
      expect(column('normAfter')[row]).toBe(column('norm')[row]);
      compared++;
    }
  }
  return compared;
}

/** On sampled steps, the first among them. */
function compareUpdates(reader: RunReader, updates: Outcome['updates']): void {
  let sampled = 0;
  for (const {index, name, shape, kind} of reader.parameters) {
    const recorded = reader.updates(index);
    expect(Array.from(recorded.column('step'))).toEqual(reader.histograms(index).map(({step}) => step));
    recorded.column('step').forEach((step, row) => {
      const own = updates[step - 1]?.[name];
      expectClose(recorded.column('weightNorm')[row] ?? NaN, own?.weight ?? NaN, 0, `${name} weight norm of step ${step}`);
      // The difference is taken in float32.
      expectClose(recorded.column('updateNorm')[row] ?? NaN, own?.update ?? NaN, 1e3 * (own?.weight ?? NaN), `${name} update norm of step ${step}`);
      sampled++;
      const number = (column: 'cosine' | 'secondMomentRms' | 'deadUnits'): number => recorded.column(column)[row] ?? NaN;
      const before = updates[(recorded.column('step')[row - 1] ?? 0) - 1]?.[name];
      if (before === undefined) expect(number('cosine'), `${name} cosine of step ${step}`).toBeNaN();
      else expectSame(number('cosine'), cosine(own?.values ?? [], before.values), `${name} cosine of step ${step}`);
      if (own?.rms === null) expect(number('secondMomentRms'), `${name} RMS of step ${step}`).toBeNaN();
      else expectClose(number('secondMomentRms'), own?.rms ?? NaN, 0, `${name} RMS of step ${step}`);
      if (shape.length < 2 || !/^(dense|conv[123]d)$/.test(kind)) expect(number('deadUnits')).toBeNaN();
      else expect(number('deadUnits'), `${name} dead units of step ${step}`).toBe(own?.dead);
    });
  }
  expect(sampled).toBeGreaterThan(0);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0) / (Math.hypot(...a) * Math.hypot(...b));
}

/** Of numbers between −1 and 1; NaN where both are. */
function expectSame(got: number, want: number, what: string): void {
  if (!(Math.abs(got - want) <= 1e-9) && !(Number.isNaN(got) && Number.isNaN(want))) throw new Error(`${what}: recorded ${got}, the script's own ${want}`);
}

/** 1e-5 relative, or 1e-9 of the RMS where the value cancels. */
function expectClose(got: number, want: number, rms: number, what: string): void {
  const allowed = Math.max(1e-5 * Math.abs(want), 1e-9 * rms);
  if (!(Math.abs(got - want) <= allowed)) throw new Error(`${what}: recorded ${got}, the script's own ${want}`);
}

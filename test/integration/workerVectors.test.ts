import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';
import {deviation, toTfjs, vectors, type Hyper, type OptimizerCase} from '../unit/sing/vectors';

// The authors' numbers through the worker: a script of the user's own, tfjs's own optimizers, SING by the command line.

const script = join(packageRoot, 'test/fixtures/forms/vectors.js');
const cases = vectors.cases.filter(({informational}) => !informational);
const published: Hyper = {
  lr: 5e-3, betas: [0.9, 0.999], weight_decay: 0, eps: 1e-8, softplus: true, beta_softplus: 50, grad_central: true, grad_norm: true,
  lookahead_active: true, la_mergetime: 5, la_alpha: 0.5,
};

let folder = '';
let packages: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-vectors-'));
  packages = {managed: (await managedRuntime()).tfjsNodeDir, 'pure JavaScript': '@tensorflow/tfjs'};
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

function toggles(centralize: boolean, normalize: boolean): string[] {
  return [...(centralize ? ['--centralize', 'always'] : ['--no-centralize']), ...(normalize ? [] : ['--no-normalize'])];
}

/** Options that say the hyper-parameters; rate and betas are those of the script's Adam. */
function fullOptions(hyper: Partial<Hyper>): string[] | null {
  const {eps, softplus, beta_softplus, lookahead_active, la_mergetime, la_alpha, weight_decay, grad_central, grad_norm} = {...published, ...hyper};
  if (eps !== 1e-8 || beta_softplus !== 50 || (lookahead_active && (la_mergetime !== 5 || la_alpha !== 0.5))) return null;
  return ['--sing', 'full', ...toggles(grad_central, grad_norm), ...(softplus ? [] : ['--no-softplus']), ...(lookahead_active ? [] : ['--no-lookahead']), '--weight-decay', String(weight_decay)];
}

function optionsOf({optimizer, tfjs, transform, hyper, groups}: OptimizerCase): string[] | null {
  if (optimizer === 'SING' && groups === null) return fullOptions(hyper);
  return tfjs === null || transform === null ? null : ['--sing', 'on', ...toggles(transform.grad_central, transform.grad_norm)];
}

const runs = new Map<string, OptimizerCase[]>();
for (const entry of cases) {
  const key = optionsOf(entry)?.join(' ');
  if (key !== undefined) runs.set(key, [...(runs.get(key) ?? []), entry]);
}
/** Every way of the plug-in; of full SING the published one, and with decay each part switched off by itself. */
const chosen = [...runs].filter(([options]) => options.startsWith('--sing on') || (options.includes('full') && options.includes('decay 0.05') && options.split('no-').length <= 2)
  || options === '--sing full --centralize always --weight-decay 0');

async function worstOf(runtime: string, options: string, entries: readonly OptimizerCase[]): Promise<{summary: RunSummary; failed: string[]}> {
  const [ids, out] = ['ids', 'out'].map((name) => join(folder, `${runtime} ${options} ${name}.json`)) as [string, string];
  writeFileSync(ids, JSON.stringify(entries.map(({id}) => id)));
  const vectorsPath = join(packageRoot, 'test/fixtures/sing-vectors.json');
  const summary = await singscopeJson<RunSummary>(
    ['run', script, ...options.split(' '), '--json', '--store', join(folder, 'store'), '--', vectorsPath, ids, out], {...process.env, TFJS: packages[runtime]},
  );
  const results = JSON.parse(readFileSync(out, 'utf8')) as Record<string, string[][][]>;
  const failed = entries.flatMap((entry) => {
    const {params} = vectors.inputs[entry.input]!;
    const expected = entry.tfjs !== null ? (entry.expected_tfjs ?? entry.expected) : entry.expected;
    const off = expected.flatMap((step, index) => step.map((flat, at) => {
      const want = toTfjs(params[at]!, flat);
      const worst = deviation((results[entry.id]?.[index]?.[at] ?? []).map(Number), want.dataSync(), (value) => 2e-5 * (1 + Math.abs(value)));
      want.dispose();
      return worst;
    }));
    const worst = off.some(Number.isNaN) ? NaN : Math.max(...off);
    return worst <= 1 ? [] : [`${entry.id}: ${worst} tolerances off`];
  });
  return {summary, failed};
}

test('there are cases of every kind', () => {
  expect(chosen.map(([options]) => options.split(' ')[1])).toEqual(expect.arrayContaining(['on', 'full']));
  expect(chosen.flatMap(([options, entries]) => (options.startsWith('--sing on') ? entries : [])).length).toBeGreaterThan(15);
  expect(chosen.flatMap(([options, entries]) => (options.includes('full') ? entries : [])).length).toBeGreaterThan(20);
});

describe.each(['managed', 'pure JavaScript'])('on %s', (runtime) => {
  test.each(chosen)('%s', async (options, entries) => {
    const {summary, failed} = await worstOf(runtime, options, entries);
    expect(failed).toEqual([]);
    expect(summary.backend?.kernels).toBe(runtime === 'managed' ? 'fused' : 'js');
    expect(summary).toMatchObject({status: 'finished', steps: entries.reduce((sum, {expected}) => sum + expected.length, 0)});
  });
});

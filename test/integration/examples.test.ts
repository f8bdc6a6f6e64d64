import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

// The examples that a newcomer opens do what the README says of them, on TensorFlow and on pure JavaScript.

const examples = join(packageRoot, 'examples');
let store = '';

beforeAll(async () => {
  await managedRuntime();
  store = mkdtempSync(join(tmpdir(), 'singscope-examples-'));
});
afterAll(() => { rmSync(store, {recursive: true, force: true}); });

function observe(script: string, runtime: string, options: string[] = [], args: string[] = []): Promise<RunSummary> {
  return singscopeJson<RunSummary>(['run', join(examples, script), '--json', '--store', store, '--runtime', runtime, ...options, '--', ...args]);
}

const runtimes = [['managed', 'tensorflow'], ['embedded', 'cpu']] as const;

describe.each(runtimes)('unstable, %s', (runtime, backend) => {
  test('a spike, then NaN, both at the line that makes the layer', async () => {
    const source = readFileSync(join(examples, 'unstable/train.js'), 'utf8').split('\n');
    const line = source.findIndex((text) => text.includes('new LearnedScale(')) + 1;
    const summary = await observe('unstable/train.js', runtime);
    expect(summary.backend?.name).toBe(backend);
    expect(summary.diverged).toBe(true);
    expect(summary.loss.last).toBe('NaN');
    expect(summary.findings.map(({rule}) => rule)).toEqual(['spike', 'non-finite']);
    for (const {site, layer} of summary.findings) {
      expect(layer).toBe('learned_scale_LearnedScale1');
      expect(site).toMatchObject({file: join(examples, 'unstable/train.js'), line});
    }
    const [spike, nan] = summary.findings;
    expect(spike?.step).toBeGreaterThan(200);
    expect(nan?.step).toBeGreaterThan(spike?.step ?? Infinity);
  });
});

test('digits: the convolutional network trains on both runtimes, from the same numbers', async () => {
  const args = ['--model', 'cnn', '--optimizer', 'adam', '--steps', '10'];
  const runs = await Promise.all(runtimes.map(([runtime]) => observe('digits/train.js', runtime, ['--seed', '5'], args)));
  const [managed, pure] = runs as [RunSummary, RunSummary];
  expect([managed.backend?.name, pure.backend?.name]).toEqual(['tensorflow', 'cpu']);
  for (const run of runs) {
    expect(run).toMatchObject({status: 'finished', steps: 10, findings: []});
    expect(run.metrics['val_acc']?.last).toBeGreaterThan(0);
  }
  // Different kernels, so not the same bits; but the same seed, data and order.
  expect(pure.loss.first).toBeCloseTo(managed.loss.first ?? NaN, 4);
  expect(pure.loss.last).toBeCloseTo(managed.loss.last ?? NaN, 3);
  const norms = (run: RunSummary): Record<string, number | undefined> => Object.fromEntries(run.parameters.map(({name, gradient}) => [name, gradient?.norm]));
  for (const [name, norm] of Object.entries(norms(managed))) expect(norms(pure)[name], name).toBeCloseTo(norm ?? NaN, 2);
});

test('digits: the deep network with momentum learns with SING only', async () => {
  const args = ['--optimizer', 'momentum', '--steps', '100'];
  const [off, on] = [await observe('digits/train.js', 'managed', ['--seed', '3'], args), await observe('digits/train.js', 'managed', ['--seed', '3', '--sing', 'on'], args)];
  expect(off.loss.last).toBeGreaterThan(2.25);
  expect(off.findings.map(({rule}) => rule)).toEqual(['vanishing']);
  expect(on.loss.last).toBeLessThan(2.1);
});

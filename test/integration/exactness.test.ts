import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun, type SeriesColumn} from '../../src/runs/runReader';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

// What is recorded of a gradient is what a float64 sum says, from a scalar to ten million elements, from subnormal numbers to the edge of float32.

type Own = Record<Exclude<SeriesColumn, 'step' | 'normAfter'>, number> & {name: string; size: number};

const folder = mkdtempSync(join(tmpdir(), 'singscope-exact-'));
let packages: Record<string, string> = {};
beforeAll(async () => { packages = {managed: (await managedRuntime()).tfjsNodeDir, 'pure JavaScript': '@tensorflow/tfjs'}; });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

test.each(['managed', 'pure JavaScript'])('on %s', async (runtime) => {
  const out = join(folder, `${runtime}.json`);
  const script = join(packageRoot, 'test/fixtures/loops/exact.js');
  const summary = await singscopeJson<RunSummary>(['run', script, '--json', '--store', join(folder, runtime), '--', out], {...process.env, TFJS: packages[runtime]});
  const own = JSON.parse(readFileSync(out, 'utf8')) as Own[];
  expect(summary.steps).toBe(own.length);
  const run = openRun(join(summary.store, 'runs', summary.run));
  const wrong: string[] = [];
  own.forEach((want, at) => {
    const parameter = run.parameters.find(({name}) => name === `case${at}`);
    const series = run.series(parameter?.index ?? -1);
    expect(Array.from(series.column('step'))).toEqual([at + 1]);
    const rms = want.norm / Math.sqrt(want.size);
    const got = (name: SeriesColumn): number => series.column(name)[0] ?? NaN;
    for (const name of ['zeros', 'nan', 'negInf', 'posInf'] as const) if (got(name) !== want[name]) wrong.push(`${want.name}: ${name} ${got(name)}, not ${want[name]}`);
    for (const name of ['mean', 'std', 'min', 'max', 'norm'] as const) {
      if (!(Math.abs(got(name) - want[name]) <= Math.max(1e-5 * Math.abs(want[name]), 1e-9 * rms))) wrong.push(`${want.name}: ${name} ${got(name)}, not ${want[name]}`);
    }
    const counted = run.histograms(parameter?.index ?? -1).map(({counts}) => counts.reduce((sum, count) => sum + count, 0));
    for (const count of counted) expect(count).toBe(want.size);
  });
  expect(wrong).toEqual([]);
});

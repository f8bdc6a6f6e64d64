import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun} from '../../src/runs/runReader';
import {runDir} from '../../src/runs/runStore';
import {managedRuntime} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';
import {script} from './commandLineRun';

let store = '';
let tfjs = '';
beforeAll(async () => {
  store = join(mkdtempSync(join(tmpdir(), 'singscope-whole-')), '.singscope');
  tfjs = (await managedRuntime()).tfjsNodeDir;
});
afterAll(() => { rmSync(join(store, '..'), {recursive: true, force: true}); });

test.each(['off', 'on'])('gradients of whole numbers, --sing %s: such a step goes another way, and the native operations stay', async (mode) => {
  const {run, steps, notices} = await singscopeJson<RunSummary>(['run', '--json', '--store', store, '--sing', mode, script('wholeGradients.js')], {...process.env, TFJS: tfjs});
  expect(steps).toBe(9);
  expect(notices).toEqual([]);
  const series = openRun(runDir(store, run)).series(0);
  const norms = [...series.column('norm')];
  for (const [at, norm] of norms.entries()) {
    if (at % 3 === 0) expect(norm).toBeCloseTo(Math.sqrt(6), 6);
    if (at % 3 === 1) expect(norm).toBeCloseTo(2, 6);
  }
  if (mode === 'on') for (const norm of series.column('normAfter')) expect(norm).toBeCloseTo(1, 5);
});

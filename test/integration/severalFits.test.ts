import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunEvent} from '../../src/protocol/events';
import {runFiles} from '../../src/protocol/runFolder';
import type {RunSummary} from '../../src/protocol/runSummary';
import {packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

let store = '';
beforeAll(() => { store = mkdtempSync(join(tmpdir(), 'singscope-fits-')); });
afterAll(() => { rmSync(store, {recursive: true, force: true}); });

test('after --max-steps the fits that follow neither train nor report; the script goes on to its end', async () => {
  const script = join(packageRoot, 'test/fixtures/forms/severalFits.js');
  const summary = await singscopeJson<RunSummary>(['run', script, '--json', '--store', store, '--max-steps', '5']);
  expect(summary).toMatchObject({status: 'stopped', exitCode: 0, steps: 5});
  const lines = readFileSync(join(store, 'runs', summary.run, runFiles.events), 'utf8').trim().split('\n');
  const metrics = lines.map((line) => JSON.parse(line) as RunEvent).filter((event) => event.type === 'metric');
  expect(metrics.filter(({source}) => source === 'batch')).toHaveLength(5);
  expect(metrics.filter(({source}) => source === 'epoch')).toHaveLength(2);
  expect(metrics.filter(({source}) => source === 'evaluate')).toHaveLength(1);
  expect(summary.metrics['mae']).toBeDefined();
});

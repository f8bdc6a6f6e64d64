import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {packageRoot} from '../support/managedRuntime';
import {singscopeJson} from '../support/singscope';

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-endings-')); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

test.each([['listenersRemoved', 10, 0], ['reallyExit', 10, 5], ['handlerExits', 10, 7], ['inHandler', 20, 6]])('%s: all steps are on disk', async (kind, steps, exitCode) => {
  const script = join(packageRoot, 'test/fixtures/scripts/endings.js');
  const summary = await singscopeJson<RunSummary>(['run', script, '--json', '--store', join(folder, 'store'), '--', kind]);
  expect(summary).toMatchObject({steps, exitCode, status: exitCode === 0 ? 'finished' : 'failed'});
});

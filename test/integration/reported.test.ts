import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {runDir} from '../../src/runs/runStore';
import {singscopeJson} from '../support/singscope';
import {Project, script} from './commandLineRun';

// What a script reports is recorded as it comes, whether an optimizer makes steps or not.

let store = '';
beforeAll(() => { store = join(mkdtempSync(join(tmpdir(), 'singscope-reported-')), '.singscope'); });
afterAll(() => { rmSync(join(store, '..'), {recursive: true, force: true}); });

const file = script('reports.js');
const run = (kind: string): Promise<RunSummary> => singscopeJson(['run', file, '--json', '--store', store, '--', kind]);
const runsOf = async (kind: string): Promise<RunSummary[]> => {
  const {runs} = await singscopeJson<{runs: RunSummary[]}>(['exec', '--json', '--store', store, '--', process.execPath, file, kind]);
  return runs;
};

test.each(['run', 'exec'])('%s: what was logged is on disk when the process is killed', async (command) => {
  const project = new Project();
  const session = project.start([command, '--json', ...(command === 'run' ? [file, '--'] : ['--', process.execPath, file]), 'logs']);
  const logged = (reader: RunReader): ArrayLike<number> => reader.metrics.get('cost')?.whole.column('value') ?? [];
  // It is killed in the middle, without ever having come to its event loop: what it logs does not wait for its end.
  const reader = await project.until((one) => logged(one).length > 200);
  process.kill(reader.lastEvent('start')!.pid, 'SIGKILL');
  const {stdout} = await session.ended;
  const told = JSON.parse(stdout) as RunSummary & {runs: RunSummary[]};
  expect(command === 'run' ? told : told.runs[0]).toMatchObject({run: reader.id, status: 'crashed', steps: 0});
  const left = logged(openRun(reader.dir));
  expect(left.length).toBeGreaterThan(200);
  expect(left[0]).toBe(9);
  project.remove();
});

test('what a process reports before it trains is recorded too', async () => {
  const [trained, ...others] = await runsOf('evaluatesFirst');
  expect(others).toEqual([]);
  expect(trained).toMatchObject({status: 'finished', exitCode: 0, steps: 2});
  expect(openRun(runDir(store, trained!.run)).metrics.get('mae')?.whole.column('step')[0]).toBe(0);
});

test('a process of exec that evaluates or predicts alone is no run; with run it is, ended well', async () => {
  expect(await runsOf('evaluates')).toEqual([]);
  expect(await runsOf('predicts')).toEqual([]);
  const evaluated = await run('evaluates');
  expect(evaluated).toMatchObject({status: 'finished', exitCode: 0, steps: 0});
  expect(Object.keys(evaluated.metrics)).toEqual(['loss', 'mae']);
});

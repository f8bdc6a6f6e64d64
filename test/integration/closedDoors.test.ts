import {build} from 'esbuild';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {singscope, type CommandResult} from '../support/singscope';
import {script} from './commandLineRun';

// What a script closes to everybody is closed to us: it trains all the same.

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-closed-')); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

const run = (...args: string[]): Promise<CommandResult> => singscope(['run', '--json', '--store', join(folder, 'store'), ...args]);

test('Object.prototype is closed: everything is seen all the same', async () => {
  const {stdout, stderr} = await run(script('closedPrototype.js'));
  expect(stderr).toContain('trained');
  const {status, steps, parameters, notices} = JSON.parse(stdout) as RunSummary;
  expect({status, steps, notices: notices.map(({code}) => code)}).toEqual({status: 'finished', steps: 3, notices: ['pure-javascript']});
  const line = readFileSync(script('closedPrototype.js'), 'utf8').split('\n').findIndex((text) => text.endsWith('// site')) + 1;
  for (const {site} of parameters) expect(site?.line).toBe(line);
});

test('Object.prototype is closed and tfjs bundled: steps are seen, and it is said that lines of layers may be missing', async () => {
  const bundle = join(folder, 'bundle.cjs');
  await build({entryPoints: [script('closedPrototype.js')], outfile: bundle, bundle: true, platform: 'node', logLevel: 'error'});
  const {stdout, stderr} = await run(bundle);
  expect(stderr).toContain('trained');
  const summary = JSON.parse(stdout) as RunSummary;
  expect(summary).toMatchObject({status: 'finished', steps: 3});
  expect(summary.notices.map(({message}) => message)).toContainEqual(expect.stringContaining('has closed Object.prototype'));
});

test('Node allows no threads: the training goes on unrecorded, and one line says so', async () => {
  const permission = Number.parseInt(process.versions.node) >= 24 ? '--permission' : '--experimental-permission';
  const allowed = [permission, '--allow-fs-read=*', '--allow-fs-write=*'].flatMap((flag) => ['--node-arg', flag]);
  const {code, stdout, stderr} = await run(...allowed, script('loop.js'), '--', '5', '0');
  expect(code).toBe(0);
  expect(stderr).toContain('loop ended');
  expect(stderr.match(/^singscope: .*$/gm)).toEqual([expect.stringContaining('training goes on unrecorded')]);
  expect(JSON.parse(stdout)).toMatchObject({status: 'finished', exitCode: 0, steps: 0});
});

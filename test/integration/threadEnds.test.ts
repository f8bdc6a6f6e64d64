import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {singscope} from '../support/singscope';
import {script} from './commandLineRun';

// What ends a training ends the process, also where a worker thread trains and the main thread lives on.

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-threads-')); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

async function run(options: string[], ...args: string[]): Promise<{code: number | null; stderr: string; summary: RunSummary}> {
  const env = {...process.env, SINGSCOPE_RUNTIME_DIR: join(folder, 'no runtimes')};
  const {code, stdout, stderr} = await singscope(['run', ...options, '--json', '--store', join(folder, 'store'), script('threadTrains.js'), '--', ...args], env);
  return {code, stderr, summary: JSON.parse(stdout) as RunSummary};
}

test.each([
  ['--max-steps', '5', 0, {status: 'stopped', exitCode: 0, steps: 5}],
  ['--fail-on', 'any', 3, {status: 'stopped', exitCode: 0}],
  ['--sing', 'full', 2, {status: 'failed', exitCode: 2, steps: 0}],
  ['--runtime', 'managed', 5, {status: 'failed', exitCode: 5, steps: 0}],
] as const)('%s %s, while the main thread serves', async (option, value, exitCode, expected) => {
  const {code, stderr, summary} = await run([option, value], 'serves', 'turnsNaN');
  expect(summary).toMatchObject(expected);
  // Far more steps than a busy machine makes until it is stopped.
  expect(summary.steps).toBeLessThan(5000);
  expect(code).toBe(exitCode);
  expect(stderr).toContain('handler ran');
});

test.each([['--max-steps', '5', 0, 'stopped', 5], ['--sing', 'full', 2, 'crashed', 0]] as const)('%s %s, while the main thread waits for the other: the process is killed', async (option, value, exitCode, status, steps) => {
  const {code, summary} = await run([option, value], 'waits');
  expect(summary).toMatchObject({status, steps, exitCode: null, signal: 'SIGTERM'});
  expect(code).toBe(exitCode);
});

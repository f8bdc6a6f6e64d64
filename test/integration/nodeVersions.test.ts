import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {nodeOf} from '../support/nodes';
import {singscope} from '../support/singscope';

// One build of the managed runtime and of the worker serves every Node that users have.

let folder = '';
let managed = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-nodes-'));
  managed = (await managedRuntime()).tfjsNodeDir;
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

describe.each([20, 22, 24])('Node %i', (major) => {
  const running = Number(process.versions.node.split('.')[0]);
  let node = '';
  beforeAll(() => { node = major === running ? process.execPath : nodeOf(major); });

  async function observe(script: string, env: NodeJS.ProcessEnv, ...options: string[]): Promise<RunSummary & {stderr: string}> {
    const {stdout, stderr} = await singscope(['run', join(packageRoot, 'test/fixtures', script), '--node', node, '--sing', 'on', '--json', '--store', join(folder, 'store'), ...options], env);
    return {...(JSON.parse(stdout) as RunSummary), stderr};
  }

  test('the managed runtime trains, with our ops', async () => {
    const summary = await observe('loops/loops.js', {...process.env, TFJS: managed}, '--', 'fit', join(folder, 'out.json'));
    expect(summary).toMatchObject({status: 'finished', backend: {tensorflow: '2.21.0', kernels: 'fused'}});
    expect(summary.steps).toBe(9);
    expect(summary.stderr).not.toContain('module.register');
  });

  test.each(['forms/fit.js', 'forms/loop.mjs', 'forms/typed.mts', 'forms/threads.js'])('%s', async (script) => {
    const summary = await observe(script, process.env);
    expect(summary.status).toBe('finished');
    expect(summary.steps).toBe(script.includes('threads') ? 20 : 6);
    expect(summary.parameters.every(({site}) => site !== null && site.file.endsWith(script))).toBe(true);
  });
});

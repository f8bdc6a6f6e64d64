import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import type {TrialSummary} from '../../src/protocol/runSummary';
import {defaultSingSettings} from '../../src/protocol/sing';
import {openRun} from '../../src/runs/runReader';
import {runDir} from '../../src/runs/runStore';
import {readTrial} from '../../src/runs/trial';
import {stopOf} from '../../src/session/liveRun';
import {findNode} from '../../src/session/nodeCommand';
import {processAlive} from '../../src/session/processTree';
import {startRun} from '../../src/session/runLaunch';
import type {ScriptSettings} from '../../src/session/sessionSettings';
import {readTrialOverview} from '../../src/session/trialOverview';
import {startTrial, stopTrial, type StartedTrial} from '../../src/session/trialStart';
import {packageRoot} from '../support/managedRuntime';
import {Project, script} from './commandLineRun';

let project: Project;
const started: StartedTrial[] = [];
beforeEach(() => { project = new Project(); });
afterEach(async () => {
  for (const {dir} of started.splice(0)) await stopTrial(dir);
  project.remove();
});

function settingsOf(name: string, ...args: string[]): ScriptSettings {
  return {
    packageRoot, store: project.store, cwd: project.dir, env: {}, node: null, nodeArgs: [], sing: defaultSingSettings, lrScale: 1, seed: null,
    maxSteps: null, budgetPct: 2, failOn: [], runtime: 'auto', script: script(name), args, editor: true,
  };
}

const node = () => findNode(null, project.dir, process.env);

async function start(settings: ScriptSettings, seeds: number[], jobs = 1): Promise<StartedTrial> {
  const trial = await startTrial(settings, node(), {arms: ['off', 'on'], seeds, jobs, keepSeed: false});
  started.push(trial);
  return trial;
}

async function until(wanted: () => boolean, limit = 180_000): Promise<void> {
  for (const end = Date.now() + limit; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) if (wanted()) return;
  throw new Error('what was waited for did not come');
}

it('works a trial off by itself, and leaves its report and its JSON', async () => {
  const {id, dir, pid} = await start(settingsOf('loop.js', '40', '5'), [1, 2], 2);
  expect(readTrialOverview(dir).state).toBe('running');
  expect(JSON.parse(readFileSync(join(dir, 'process.json'), 'utf8'))).toMatchObject({pid});
  await until(() => readTrialOverview(dir).state !== 'running');
  const {state, done, jobs, runs, verdict, report} = readTrialOverview(dir);
  expect({state, done, jobs}).toEqual({state: 'finished', done: 5, jobs: 5});
  expect(runs.map(({arm, seed, overview}) => [arm, seed, overview?.status, overview?.steps])).toEqual([
    ['off', 1, 'finished', 40], ['on', 1, 'finished', 40], ['off-again', 1, 'finished', 40], ['off', 2, 'finished', 40], ['on', 2, 'finished', 40],
  ]);
  const summary = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8')) as TrialSummary;
  expect(summary).toMatchObject({trial: id, noiseFloor: {sameSeedIdentical: true}, verdict});
  expect(summary.report).toBe(report);
  expect(existsSync(report ?? '')).toBe(true);
  await until(() => !processAlive(pid));
  expect(existsSync(join(dir, 'process.json'))).toBe(false);
});

it('is one process\'s: another says where it goes on; a dead one\'s is taken over with the run that it left', async () => {
  const settings = settingsOf('loop.js', '120', '20');
  const {dir, pid} = await start(settings, [1]);
  await project.until((reader) => reader.steps.length > 3);
  await expect(start(settings, [1])).rejects.toThrow(new RegExp(`goes on already in process ${pid}`));
  const ab = await project.run('ab', script('loop.js'), '--seeds', '1', '--jobs', '1', '--', '120', '20');
  expect(ab).toMatchObject({code: 2, stderr: expect.stringMatching(new RegExp(`^[^\n]*goes on already in process ${pid}[^\n]*\n$`)) as string});

  process.kill(pid, 'SIGKILL');
  await until(() => !processAlive(pid));
  expect(readTrialOverview(dir).state).toBe('interrupted');
  const left = readTrial(dir).runs.at(-1)?.run;
  const again = await start(settings, [1]);
  expect(again.dir).toBe(dir);
  await until(() => readTrialOverview(dir).state !== 'running');
  expect(readTrialOverview(dir)).toMatchObject({state: 'finished', done: 3});
  expect(readTrial(dir).runs.map(({run}) => run)).toContain(left);
  expect(readTrial(dir).runs).toHaveLength(3);
});

it('stops with its runs, also after its process was killed, and goes on where it was', async () => {
  const settings = settingsOf('loop.js', '2000', '10');
  const {dir, pid} = await start(settings, [1]);
  await project.until((reader) => reader.steps.length > 3);
  await stopTrial(dir);
  expect(processAlive(pid)).toBe(false);
  expect(readTrialOverview(dir)).toMatchObject({state: 'interrupted', done: 0, verdict: null});
  expect(project.readers().map((reader) => reader.status())).toEqual(['stopped']);

  const second = await start(settings, [1]);
  expect(second.dir).toBe(dir);
  await project.until((reader) => reader.status() === 'running' && reader.steps.length > 3);
  process.kill(second.pid, 'SIGKILL');
  await until(() => !processAlive(second.pid));
  await stopTrial(dir);
  expect(project.readers().map((reader) => reader.status())).toEqual(['stopped', 'stopped']);
});

it('says in one line why it does not start', async () => {
  const broken = {...node(), path: join(project.dir, 'no-node')};
  await expect(startTrial(settingsOf('loop.js'), broken, {arms: ['off', 'on'], seeds: [1], jobs: 1, keepSeed: false})).rejects.toThrow(/^[^\n]*no-node could not be started[^\n]*$/);
});

it('a run of an editor reads no input, has none of its variables, and stops through its folder alone', async () => {
  process.env.VSCODE_PID = '1';
  try {
    const asked = await startRun({...settingsOf('echo.mjs'), env: {MINE: 'yes'}}, node(), null);
    expect(await asked.ended).toMatchObject({exitCode: 0, signal: null});
    const run = await startRun(settingsOf('loop.js', '5000', '10'), node(), null);
    const reader = await project.until(({id, steps}) => id === run.id && steps.length > 3);
    expect(readFileSync(`/proc/${run.pid}/environ`, 'utf8')).not.toContain('VSCODE_PID');
    // As a window that was opened again does: by what the folder says.
    const stop = stopOf(openRun(runDir(project.store, reader.id)));
    stop?.press();
    await stop?.settled();
    expect(processAlive(run.pid)).toBe(false);
    await run.ended;
    expect(openRun(run.dir).status()).toBe('stopped');
  } finally {
    delete process.env.VSCODE_PID;
  }
});

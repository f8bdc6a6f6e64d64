import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {TrialSummary} from '../../src/protocol/runSummary';
import {listTrialIds, runDir, trialDir} from '../../src/runs/runStore';
import {openRun} from '../../src/runs/runReader';
import {trialFiles} from '../../src/runs/trial';
import type {EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import {regression} from './support/scripts';

const STEPS = 60;

pictureFailures();
let code: Vscode;
let project: Workspace;
let window: EditorWindow;
beforeAll(async () => {
  code = await startVscode();
  project = makeWorkspace({files: {'train.js': regression({steps: STEPS, pauseMs: 10})}});
  window = await code.open(project.folder, {settings: {'singscope.compare.seeds': 2}});
});
afterAll(async () => {
  await code.stop();
  project.remove();
});

it('compares both arms, draws them over each other and gives a verdict', async () => {
  await window.editor.open(project.path('train.js'));
  await window.palette.run('SINGscope: Compare SING Off and On');
  const store = project.path('.singscope');
  const trial = await eventually('a trial', () => listTrialIds(store)[0]);
  const file = join(trialDir(store, trial), trialFiles.summary);
  await eventually('its summary', () => existsSync(file), 180_000);
  const summary = JSON.parse(readFileSync(file, 'utf8')) as TrialSummary;
  expect(summary.arms.map(({name, runs}) => [name, runs.length])).toEqual([['off', 2], ['on', 2]]);
  await window.notifications.find(/train\.js: .+/);
  const panel = await window.panel();
  await eventually('the arms on the screen', async () => (await panel.drawn('loss')).filter(({kind, x}) => kind === 'line' && x.at(-1) === STEPS).length >= 2);
  const lasts = (await panel.drawn('loss')).filter(({kind}) => kind === 'line').map(({y}) => y.at(-1)!);
  // Every curve ends where one of the runs ended.
  const recorded = summary.arms.flatMap(({runs}) => runs.map(({run}) => openRun(runDir(store, run)).steps.column('loss').at(-1)!));
  for (const last of lasts) expect(Math.min(...recorded.map((loss) => Math.abs(loss - last)))).toBeLessThan(1e-9);
  await expect.poll(async () => (await panel.drawn('difference')).length).toBeGreaterThan(0);
  await expect.poll(async () => (await panel.drawn('heat', 1)).length).toBeGreaterThan(0);
  // Two seeds prove nothing: what is said goes by the direction alone.
  expect(summary.verdict).toMatchObject({winner: 'none', effect: expect.any(Number) as number});
  await expect.poll(async () => await panel.text()).toContain(`Training ended ${Number(summary.verdict.effect) > 0 ? 'better' : 'worse'} with SING, but too few seeds prove nothing: 2 here`);
  expect(window.log.ours()).toEqual([]);
});

import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {RunReader} from '../../src/runs/runReader';
import {packageRoot} from '../support/managedRuntime';
import {eventually} from './host/eventually';
import {pictureFailures, pictures} from './host/failurePictures';
import type {Theme} from './host/settings';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import {startedRun, untilEnd} from './support/runs';

pictureFailures();
let code: Vscode;
let project: Workspace;
let script: string;
let run: RunReader;
beforeAll(async () => {
  mkdirSync(pictures, {recursive: true});
  code = await startVscode();
  project = makeWorkspace({from: join(packageRoot, 'examples')});
  script = project.path('unstable', 'train.js');
});
afterAll(async () => {
  await code.stop();
  project.remove();
});

it('finds what is wrong in the example, and shows it in dark', async () => {
  const window = await code.open(project.folder, {size});
  await window.editor.open(script);
  run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training'));
  await untilEnd(run);
  expect(run.findings.length).toBeGreaterThan(0);
  await window.close();
  await take('dark', undefined);
});

it.each<[string, Theme, string | undefined]>([
  ['light', 'light', undefined],
  ['high contrast, dark', 'highContrastDark', undefined],
  ['high contrast, light', 'highContrastLight', undefined],
  ['Japanese', 'dark', 'ja'],
])('shows the same in %s', async (_name, theme, locale) => {
  await take(theme, locale);
});

const size = {width: 1600, height: 1000};

async function take(theme: Theme, locale: string | undefined): Promise<void> {
  const window = await code.open(project.folder, {theme, size, ...(locale === undefined ? {} : {locale})});
  const finding = run.findings.find(({site}) => site !== null)!;
  await window.editor.open(script, finding.site!.line);
  await eventually('the finding', async () => (await window.probe.diagnostics(script)).some(({source}) => source === 'SINGscope'));
  await window.probe.command('singscope.openPanel', {store: run.store, run: run.id});
  const panel = await window.panel();
  await eventually('the whole run', async () => await panel.lastStep('norm') >= run.steps.length - 1);
  await window.page.mouse.move(5, 5);
  await window.page.screenshot({path: join(pictures, `${theme}${locale === undefined ? '' : ` ${locale}`}.png`)});
  if (locale === 'ja') expect(await panel.text()).toMatch(/[ぁ-んァ-ヶ一-龠]/);
  expect(window.log.ours()).toEqual([]);
  await window.close();
}

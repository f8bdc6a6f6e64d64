import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type * as axeApi from 'axe-core';
import type {Frame} from 'playwright-core';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {RunReader} from '../../src/runs/runReader';
import {packageRoot} from '../support/managedRuntime';
import {EXTENSION, type EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures, pictures} from './host/failurePictures';
import {webviewFrame} from './host/pages/webviewFrame';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import {startedRun, untilEnd} from './support/runs';
import {regression} from './support/scripts';

const size = {width: 1600, height: 1000};
const axe = readFileSync(join(packageRoot, 'node_modules/axe-core/axe.min.js'), 'utf8');
const japanese = JSON.parse(readFileSync(join(packageRoot, 'l10n/bundle.l10n.ja.json'), 'utf8')) as Record<string, string>;
const example = readFileSync(join(packageRoot, 'examples/unstable/train.js'), 'utf8').split('\n');
const LINE = example.findIndex((line) => line.includes('new LearnedScale')) + 1;
const COLUMN = example[LINE - 1]!.indexOf('LearnedScale') + 1;

pictureFailures();
let code: Vscode;
let project: Workspace;
let script: string;
let window: EditorWindow;
let run: RunReader;
beforeAll(async () => {
  mkdirSync(pictures, {recursive: true});
  code = await startVscode();
  project = makeWorkspace({from: join(packageRoot, 'examples'), files: {'sums.js': regression({steps: 60})}});
  script = project.path('unstable', 'train.js');
  window = await code.open(project.folder, {size, settings: {'singscope.compare.seeds': 2, 'git.decorations.enabled': false}});
});
afterAll(async () => {
  await code.stop();
  project.remove();
});

it('finds the line of the example that is to blame', async () => {
  await window.view('Runs').show('SINGscope');
  await window.editor.open(script);
  run = await startedRun(project.folder, () => window.editor.clickLens(/^Run$/));
  await untilEnd(run);
  await findingInView(window);
  expect(run.findings.length).toBeGreaterThan(0);
  await eventually('the lens of a script that can be run again', async () => (await window.editor.lenses()).includes('Run'));
});

/** Ids have changed from one VS Code to the next; `kind` is what a webview is told. */
const THEMES = [
  ['dark', /^(Default )?Dark Modern$/, 'vscode-dark'],
  ['light', /^(Default )?Light Modern$/, 'vscode-light'],
  ['hc-dark', /^Default High Contrast$/, 'vscode-high-contrast'],
  ['hc-light', /^Default High Contrast Light$/, 'vscode-high-contrast-light'],
] as const;

it.each(THEMES)('is readable for everyone in %s', async (name, id, kind) => {
  await chooseTheme(id);
  const {frame} = await window.panel();
  await eventually('the theme in the panel', async () => await frame.evaluate(() => document.body.dataset['vscodeThemeKind']) === kind);
  const background = await window.page.locator('.part.editor .monaco-editor').first().evaluate((element) => getComputedStyle(element).backgroundColor);
  await eventually(`the editor's colour ${background} in the panel`, async () => await frame.evaluate(() => getComputedStyle(document.body).backgroundColor) === background);
  await expect.poll(async () => (await window.probe.diagnostics(script)).some(({source}) => source === 'SINGscope')).toBe(true);
  await picture(window, name);
  const faults = await seriousFaults(frame);
  expect(faults).toEqual([]);
  expect(window.log.ours()).toEqual([]);
});

it('tells the finding in a hover', async () => {
  await chooseTheme(THEMES[0][1]);
  await window.editor.open(script, LINE, COLUMN);
  const hover = window.page.locator('.monaco-hover:not(.hidden) .hover-contents');
  await eventually('the hover', async () => {
    await window.probe.command('editor.action.showHover');
    await hover.filter({hasText: /step/}).first().waitFor({timeout: 3_000});
    return true;
  });
  // Its small picture is drawn when it is there.
  const images = window.page.locator('.monaco-hover:not(.hidden) img');
  await eventually('the picture over time', async () => await images.count() > 0 && await images.first().evaluate((image: HTMLImageElement) => image.naturalWidth > 0));
  await window.page.screenshot({path: join(pictures, 'hover.png')});
  await window.page.keyboard.press('Escape');
});

it('lays two arms over each other', async () => {
  await window.editor.open(project.path('sums.js'));
  await window.palette.run('SINGscope: Compare SING Off and On');
  await eventually('both arms on the screen', async () => {
    const panel = await window.panel();
    const arms = (await panel.drawn('loss')).filter(({kind, x}) => kind === 'line' && x.at(-1) === 60);
    return arms.length >= 2 && (await panel.drawn('difference')).length > 0;
  }, 180_000);
  await eventually('its end in the tree', async () => (await window.view('Runs').texts()).some((text) => /sums\.js/.test(text) && !/comparing|running/.test(text)), 180_000);
  await picture(window, 'comparison');
  const faults = await seriousFaults((await window.panel()).frame);
  expect(faults).toEqual([]);
});

it('leads in by a walkthrough', async () => {
  await window.probe.command('workbench.action.closeAllEditors');
  await window.palette.run('SINGscope: Get Started');
  const page = window.page.locator('.gettingStartedContainer');
  await page.locator('.step-title').first().waitFor();
  await eventually('its five steps', async () => await page.locator('.getting-started-step').count() === 5);
  // The picture of a step is a page of its own, which comes later than the step.
  await eventually('its picture', async () => {
    const frames = window.page.frames().filter((frame) => frame !== window.page.mainFrame());
    return (await Promise.all(frames.map(async (frame) => await frame.locator('svg rect').count().catch(() => 0)))).some((count) => count > 0);
  });
  await picture(window, 'walkthrough');
});

it('shows the setup as a page', async () => {
  await window.probe.command('workbench.action.closeAllEditors');
  await window.palette.run('SINGscope: Check Setup');
  const frame = await webviewFrame(window.page, EXTENSION);
  await frame.locator('main:not([aria-busy]) .facts').waitFor({timeout: 60_000});
  await expect.poll(async () => await frame.locator('body').innerText()).toMatch(/\d+\.\d+\.\d+/);
  await picture(window, 'doctor');
});

it('raises no error', () => {
  expect(window.log.ours()).toEqual([]);
});

it('speaks Japanese', async () => {
  await window.close();
  window = await code.open(project.folder, {size, locale: 'ja'});
  await chooseTheme(THEMES[0][1]);
  await window.view('実行').show('SINGscope');
  await findingInView(window);
  for (const words of ['Finished', 'Loss', 'Compare', 'Non-finite']) await expect.poll(async () => await (await window.panel()).text()).toContain(japanese[words]);
  await eventually('the lens', async () => (await window.editor.lenses()).includes(japanese['Run']!));
  for (const {source, message} of await window.probe.diagnostics(script)) if (source === 'SINGscope') expect(message).toMatch(/[ぁ-ん]/);
  await eventually('the tree', async () => (await window.view('実行').texts()).some((row) => row.includes('train.js') && /[ぁ-んァ-ヶ一-龠]/.test(row)));
  await picture(window, 'japanese');
  expect(window.log.ours()).toEqual([]);
});

/** The example at its line, and its run in the panel beside it. */
async function findingInView(at: EditorWindow): Promise<void> {
  await at.editor.open(script, LINE);
  await at.probe.command('singscope.openPanel', {store: run.store, run: run.id});
  // The panel that was there before may still be on the screen.
  await eventually('the whole run', async () => await (await at.panel()).lastStep('norm') >= run.steps.length - 1);
  const found = await eventually('the finding', async () => (await at.probe.diagnostics(script)).find(({source}) => source === 'SINGscope'));
  expect(found.line).toBe(LINE);
  await eventually('its squiggle', async () => (await at.editor.squiggles()).error > 0);
}

async function chooseTheme(id: RegExp): Promise<void> {
  await window.probe.evaluate(async ({vscode}, pattern) => {
    const {contributes} = vscode.extensions.getExtension<unknown>('vscode.theme-defaults')!.packageJSON as {contributes: {themes: {id: string}[]}};
    const theme = contributes.themes.find((one) => new RegExp(pattern).test(one.id))!.id;
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', theme, vscode.ConfigurationTarget.Workspace);
  }, id.source);
}

async function picture(of: EditorWindow, name: string): Promise<void> {
  await of.page.mouse.move(5, 5);
  await of.page.screenshot({path: join(pictures, `${name}.png`)});
}

async function seriousFaults(frame: Frame): Promise<unknown[]> {
  await frame.evaluate(axe);
  const {violations} = await frame.evaluate(async () => await (globalThis as unknown as {axe: typeof axeApi}).axe.run());
  return violations.filter(({impact}) => impact === 'serious' || impact === 'critical').map(({id, nodes}) => [id, nodes.map(({html}) => html)]);
}

import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Browser} from 'playwright-core';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import type {TrialSummary} from '../../src/protocol/runSummary';
import {defaultSingSettings} from '../../src/protocol/sing';
import {openRun} from '../../src/runs/runReader';
import {runDir} from '../../src/runs/runStore';
import {startChromium} from '../support/chromium';
import {PanelInBrowser} from '../support/panelPage';
import {readNumber, shots} from '../support/reportPage';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../support/runFolder';
import {singscopeJson} from '../support/singscope';

const root = join(__dirname, '../..');
const store = join(mkdtempSync(join(tmpdir(), 'singscope-panel-')), '.singscope');

let browser: Browser;
let trial: TrialSummary;
let panel: PanelInBrowser;

beforeAll(async () => {
  trial = await singscopeJson<TrialSummary>(['ab', join(root, 'examples/digits/train.js'), '--seeds', '2', '--max-steps', '60', '--store', store, '--json']);
  browser = await startChromium();
});
afterAll(async () => { await browser.close(); });
afterEach(async () => {
  expect(panel.troubles).toEqual([]);
  await panel.close();
});

const runOf = (arm: string, seed: number): string => trial.arms.find(({name}) => name === arm)!.runs[seed]!.run;

test('a trial: verdict, both arms over each other, their difference, and another seed by choice', async () => {
  panel = await PanelInBrowser.open(browser, {kind: 'trial', store, trial: trial.trial}, {theme: 'light'});
  const {page} = panel;
  const gain = trial.verdict.effect! > 0 ? 'better' : 'worse';
  await expect.poll(async () => await page.locator('.verdict').innerText()).toContain(`Training ended ${gain} with SING, but too few seeds prove nothing: 2 here`);
  const selects = page.locator('.choices select');
  await expect.poll(async () => await selects.nth(0).inputValue()).toBe(runOf('off', 0));
  await expect.poll(async () => await selects.nth(1).inputValue()).toBe(runOf('on', 0));
  await expect.poll(async () => (await panel.drawn('loss')).filter(({kind}) => kind === 'line').map(({label}) => label)).toEqual(['SING off, seed 1', 'SING on, seed 1']);
  await expect.poll(async () => await page.locator('[data-figure="heat"]').count()).toBe(2);
  await page.screenshot({path: join(shots, 'panel-page-trial.png')});

  await selects.nth(0).selectOption(runOf('off', 1));
  await selects.nth(1).selectOption(runOf('on', 1));
  await expect.poll(() => panel.posted('view').at(-1)?.view.shown).toEqual([runOf('off', 1), runOf('on', 1)]);
  await panel.settled();
  const [off, on] = ['off', 'on'].map((arm) => openRun(runDir(store, runOf(arm, 1))).steps);
  const loss = await panel.line('loss', 'SING on, seed 2');
  expect(loss.x.length).toBe(60);
  loss.x.forEach((step, i) => { expect(loss.y[i]).toBeCloseTo(on!.column('loss')[step - 1]!, 5); });
  const [, ...rows] = await panel.table('difference');
  for (const [step, ratio] of rows) {
    const at = readNumber(step) - 1;
    expect(readNumber(ratio) / (on!.column('loss')[at]! / off!.column('loss')[at]!)).toBeCloseTo(1, 2);
  }
  expect(rows.length).toBe(60);
});

test('heat strips of both arms become one of their ratio', async () => {
  panel = await PanelInBrowser.open(browser, {kind: 'pair', store, runs: [runOf('off', 0), runOf('on', 0)]});
  await panel.page.locator('body').press('r');
  await expect.poll(async () => await panel.page.locator('[data-figure="heat"]').count()).toBe(1);
  const cells = (await panel.drawn('heat')).filter(({kind}) => kind === 'cells');
  const [off, on] = [runOf('off', 0), runOf('on', 0)].map((id) => openRun(runDir(store, id)));
  const {name, index} = off!.parameters[0]!;
  const row = cells.find(({label}) => label === name)!;
  const norms = [off!, on!].map((run) => run.series(index).column('norm'));
  row.x.forEach((step, i) => { expect(row.y[i]! / (norms[1]![step - 1]! / norms[0]![step - 1]!), `step ${step}`).toBeCloseTo(1, 3); });
});

test('steps that come are drawn, a new finding is said, the selection and the zoom stay', async () => {
  const live = temporaryStore();
  const folder = new RunFolder(live, 'live');
  const rows = (from: number, to: number): number[] => Array.from({length: to - from + 1}, (_, i) => from + i);
  const write = (from: number, to: number): void => {
    folder.steps(rows(from, to).map((step) => stepRow(step, {loss: 3 / step, norm: step})));
    folder.rows(rows(from, to).flatMap((step) => [parameterRow(step, 0, {norm: step}), parameterRow(step, 1, {norm: 2 * step})]));
  };
  folder.event({type: 'start', pid: process.pid, processStart: null, node: process.version, time: Date.now(), control: null});
  panel = await PanelInBrowser.open(browser, {kind: 'run', store: live, run: 'live'});
  const {page} = panel;
  await expect.poll(async () => await page.locator('.empty h2').innerText()).toBe('No step yet');
  folder.parameters(parameterOf(0, 'first/kernel'), parameterOf(1, 'second/kernel'));
  write(1, 30);
  await expect.poll(async () => (await panel.drawn('loss'))[0]?.x.at(-1)).toBe(30);
  const isEmpty = await page.locator('.empty').isVisible();
  expect(isEmpty).toBe(false);
  await page.locator('.parameter-choice select').selectOption('second/kernel');
  await panel.settled();
  write(31, 500);
  await expect.poll(async () => (await panel.line('track-norm', 'before SING')).x.at(-1)).toBe(500);
  const norm = await panel.line('track-norm', 'before SING');
  expect(norm.y).toEqual(norm.x.map((step) => 2 * step));
  const selected = await page.locator('.parameter-choice select').inputValue();
  expect(selected).toBe('second/kernel');
  await page.locator('body').press('Home');
  await page.locator('body').press('+');
  await expect.poll(() => panel.posted('view').at(-1)?.view.window).toBeTruthy();
  const {window} = panel.posted('view').at(-1)!.view;
  folder.event({type: 'finding', finding: {id: 'x', rule: 'exploding', severity: 'error', onsetStep: 400, step: 500, layer: 'first', parameter: 'first/kernel', site: null, value: 500, baseline: 1, message: 'It grew.', confidence: 1}});
  write(501, 600);
  await expect.poll(async () => await page.locator('[aria-live="polite"].unseen').innerText()).toMatch(/New finding: .*first \(Dense\)/);
  const kept = panel.posted('view').at(-1)?.view.window;
  expect(kept).toEqual(window);
  await expect.poll(() => panel.posted('drawn').at(-1)?.step).toBe(600);
  await page.locator('body').press('0');
  await panel.settled();
  await expect.poll(async () => (await panel.drawn('loss'))[0]?.x.at(-1)).toBe(600);
  rmSync(live, {recursive: true});
});

test('SING is switched for the run that goes on, with the step from which it counts; over, the reason stands there', async () => {
  const live = temporaryStore();
  const folder = new RunFolder(live, 'live').parameters(parameterOf(0, 'first/kernel'));
  folder.event({type: 'start', pid: process.pid, processStart: null, node: process.version, time: Date.now(), control: null});
  folder.steps([stepRow(1), stepRow(2)]).rows([parameterRow(1, 0), parameterRow(2, 0)]);
  panel = await PanelInBrowser.open(browser, {kind: 'run', store: live, run: 'live'});
  const {page} = panel;
  await page.locator('body').press('s');
  await expect.poll(() => panel.posted('sing')).toEqual([{type: 'sing', run: 'live', sing: {mode: 'on'}}]);
  await expect.poll(async () => await page.locator('.sing-status').innerText()).toBe('Takes effect at the next step.');
  folder.event({type: 'sing', step: 2, settings: {...defaultSingSettings, mode: 'on'}}).steps([stepRow(3)]).rows([parameterRow(3, 0, {normAfter: 1})]);
  await expect.poll(async () => await page.locator('.sing-status').innerText()).toBe('In effect from step 3 on.');
  await expect.poll(async () => await page.locator('input[name="sing"][value="on"]').isChecked()).toBe(true);
  await page.getByLabel('Normalize').selectOption('std');
  await expect.poll(() => panel.posted('sing').at(-1)?.sing).toEqual({normalize: 'std'});
  await expect.poll(async () => (await panel.drawn('loss')).find(({kind}) => kind === 'mark')?.x).toEqual([3]);
  folder.end({step: 3}).exit();
  // What can't be switched any more is a fact, with the reason beside it.
  await expect.poll(async () => await page.locator('.fact-sing').isVisible()).toBe(true);
  const isSwitch = await page.locator('.sing').isVisible();
  expect(isSwitch).toBe(false);
  await expect.poll(async () => await page.locator('.fact-sing dd').first().innerText()).toContain('on');
  await expect.poll(async () => await page.locator('.fact-sing').getAttribute('title')).toContain('The run is over');
  rmSync(live, {recursive: true});
});

test('a switch that is refused is taken back each time, and one before the first step stands', async () => {
  const live = temporaryStore();
  const folder = new RunFolder(live, 'live').parameters(parameterOf(0, 'first/kernel'));
  folder.event({type: 'start', pid: process.pid, processStart: null, node: process.version, time: Date.now(), control: null}).event({type: 'sing', step: 0, settings: defaultSingSettings});
  panel = await PanelInBrowser.open(browser, {kind: 'run', store: live, run: 'live'});
  const {page} = panel;
  const on = page.locator('input[name="sing"][value="on"]');
  for (let time = 1; time <= 2; time++) {
    await on.check({force: true});
    await expect.poll(() => panel.posted('sing').length).toBe(time);
    await expect.poll(async () => await page.locator('.sing-status').innerText()).toBe('Takes effect at the next step.');
    await page.evaluate(() => { window.dispatchEvent(new MessageEvent('message', {data: {type: 'problem', message: 'It did not answer.'}})); });
    await expect.poll(async () => await on.isChecked()).toBe(false);
  }
  await on.check({force: true});
  folder.event({type: 'sing', step: 0, settings: {...defaultSingSettings, mode: 'on'}});
  await expect.poll(async () => await page.locator('.sing-status').innerText()).not.toBe('Takes effect at the next step.');
  await expect.poll(async () => await on.isChecked()).toBe(true);
  rmSync(live, {recursive: true});
});

test('a run whose folder is not there says so and offers another', async () => {
  panel = await PanelInBrowser.open(browser, {kind: 'run', store, run: 'never'});
  await expect.poll(async () => await panel.page.locator('.empty').innerText()).toContain('This run is gone');
  await panel.page.locator('.empty').getByRole('button', {name: 'Choose another run'}).click();
  await expect.poll(() => panel.posted('action').map(({action}) => action)).toEqual(['chooseRun']);
});

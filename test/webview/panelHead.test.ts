import type {Browser} from 'playwright-core';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {join} from 'node:path';
import {startChromium} from '../support/chromium';
import {PanelInBrowser} from '../support/panelPage';
import {shots} from '../support/reportPage';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../support/runFolder';
import {defaultSingSettings} from '../../src/protocol/sing';

const RUN = '20261124-101500-abcd';
const STEPS = 60;

let browser: Browser;
let panel: PanelInBrowser;
beforeAll(async () => { browser = await startChromium(); });
afterAll(async () => { await browser.close(); });
afterEach(async () => {
  expect(panel.troubles).toEqual([]);
  await panel.close();
});

/** A run that is over, without findings; its loss goes as told. */
async function open(width: number, loss: (step: number) => number, script = 'train.js'): Promise<void> {
  const steps = Array.from({length: STEPS}, (_, i) => i + 1);
  const folder = new RunFolder(temporaryStore(), RUN, {script: `/p/${script}`, sing: {...defaultSingSettings, mode: 'on'}})
    .event({type: 'start', pid: 1, processStart: null, node: '20', time: 0, control: null})
    .event({type: 'backend', backend: {name: 'tensorflow', package: '@tensorflow/tfjs-node', packageVersion: '4.22.0', tensorflow: '2.21.0', device: 'cpu', threads: 4, kernels: 'fused'}})
    .parameters(parameterOf(0, 'a/kernel')).steps(steps.map((step) => stepRow(step, {loss: loss(step)}))).rows(steps.map((step) => parameterRow(step, 0))).end().exit();
  panel = await PanelInBrowser.open(browser, {kind: 'run', store: folder.store, run: RUN}, {width});
}

describe('that a training went astray', () => {
  test('is said of a loss that doubled, without any finding', async () => {
    await open(1200, (step) => 1 + step / 10);
    await expect.poll(async () => await panel.page.locator('.badge').allInnerTexts()).toEqual(['Finished', 'Diverged']);
    const findings = await panel.page.locator('.finding').count();
    expect(findings).toBe(0);
  });

  test('is not said of one that rose in between', async () => {
    await open(1200, (step) => (step > 25 && step < 35 ? 50 : 1));
    await expect.poll(async () => await panel.page.locator('.badge').allInnerTexts()).toEqual(['Finished']);
  });
});

describe('the head', () => {
  test.each([900, 1000, 1300, 1600])('is one line of name and actions and one of facts at %i pixels', async (width) => {
    await open(width, (step) => 1 + step / 10, 'a script with quite a long name, 日本語も.js');
    await panel.page.screenshot({path: join(shots, `panel-head-${width}.png`), clip: {x: 0, y: 0, width, height: 200}});
    const lines = async (selector: string): Promise<number> => await panel.page.locator(selector).evaluateAll((all) => {
      const middles = all.filter((each) => each.checkVisibility()).map((each) => { const {top, bottom} = each.getBoundingClientRect(); return (top + bottom) / 2; });
      return middles.filter((middle, i) => middles.slice(0, i).every((other) => Math.abs(other - middle) > 8)).length;
    });
    await expect.poll(async () => await lines('.top .badge, .top h1, .top .button')).toBe(1);
    await expect.poll(async () => await lines('.fact')).toBe(1);
    await expect.poll(async () => await panel.page.locator('.fact-overhead dd').innerText()).toBe('1.5 %');
    await expect.poll(async () => await panel.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await expect.poll(async () => (await panel.page.locator('h1').boundingBox())!.width).toBeGreaterThan(100);
  });

  test('shows icons where words have no room, and still has their names', async () => {
    await open(600, () => 1);
    await panel.page.screenshot({path: join(shots, 'panel-head-600.png'), clip: {x: 0, y: 0, width: 600, height: 200}});
    const other = panel.page.getByRole('button', {name: 'Other run…'});
    await expect.poll(async () => (await other.boundingBox())!.width).toBeLessThan(40);
    await other.click();
    await expect.poll(() => panel.posted('action').map(({action}) => action)).toEqual(['chooseRun']);
    const tops = await panel.page.locator('.top .button').evaluateAll((all) => new Set(all.map((each) => each.getBoundingClientRect().top)).size);
    expect(tops).toBe(1);
  });
});

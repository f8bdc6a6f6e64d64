import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Browser} from 'playwright-core';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {updateNumbers} from '../../src/runs/updateNumbers';
import {runDir} from '../../src/runs/runStore';
import {startChromium} from '../support/chromium';
import {PanelInBrowser, type Theme} from '../support/panelPage';
import {axeViolations, readNumber, shots} from '../support/reportPage';
import {singscopeJson} from '../support/singscope';

const root = join(__dirname, '../..');
const store = join(mkdtempSync(join(tmpdir(), 'singscope-panel-')), '.singscope');

let browser: Browser;
let run: RunReader;
let panel: PanelInBrowser;

beforeAll(async () => {
  const {run: id} = await singscopeJson<RunSummary>(['run', join(root, 'examples/unstable/train.js'), '--store', store, '--json']);
  run = openRun(runDir(store, id));
  browser = await startChromium();
});
afterAll(async () => { await browser.close(); });
afterEach(async () => {
  expect(panel.troubles).toEqual([]);
  await panel.close();
});

async function open(options?: Parameters<typeof PanelInBrowser.open>[2]): Promise<void> {
  panel = await PanelInBrowser.open(browser, {kind: 'run', store, run: run.id}, options);
}

const worst = () => run.events('finding').map(({finding}) => finding).find(({rule}) => rule === 'non-finite')!;
const indexOf = (name: string): number => run.parameters.find((parameter) => parameter.name === name)!.index;

describe('on one glance', () => {
  test('says the state, the facts and the worst finding first', async () => {
    await open();
    const page = panel.page;
    await expect.poll(async () => await page.locator('.badge').allInnerTexts()).toEqual(['Finished', `Diverged at step ${worst().step}`]);
    await expect.poll(async () => await page.locator('.fact-step dd').innerText()).toContain('400');
    await expect.poll(async () => await page.locator('.fact-loss dd').innerText()).toBe('NaN');
    const said = await page.locator('.finding-main').allInnerTexts();
    expect(said.length).toBe(run.events('finding').length);
    expect(said[0]).toContain(worst().layer);
    expect(said[0]).toContain(String(worst().step));
    await page.screenshot({path: join(shots, 'panel-page-dark.png')});
  });

  test('draws the losses, norms and moments of the run folder', async () => {
    await open();
    const steps = run.steps.column('step');
    const loss = await panel.line('loss', 'loss');
    const recorded = run.steps.column('loss');
    expect(loss.x).toEqual(Array.from(steps));
    loss.y.forEach((value, i) => {
      const expected = recorded[i] ?? NaN;
      if (Number.isFinite(expected)) expect(value, `step ${steps[i]}`).toBeCloseTo(expected, 5);
      else expect(value, `step ${steps[i]}`).toBeNaN();
    });
    const parameter = await panel.page.locator('.parameter-choice select').inputValue();
    expect(parameter).toBe(worst().parameter);
    const rows = run.series(indexOf(parameter));
    const norm = await panel.line('track-norm', 'before SING');
    rows.column('step').forEach((step, i) => {
      if ((rows.column('nan')[i] ?? 0) > 0) return;
      expect(norm.y[norm.x.indexOf(step)]! / rows.column('norm')[i]!, `step ${step}`).toBeCloseTo(1, 5);
    });
    const heat = (await panel.drawn('heat')).filter(({kind}) => kind === 'cells');
    expect(heat.map(({label}) => label)).toEqual(run.parameters.map(({name}) => name));
  });

  test('draws what was sampled of the updates, and tells the sample at the cursor', async () => {
    await open();
    const parameter = run.parameters[2]!;
    await panel.page.locator('.parameter-choice select').selectOption(parameter.name);
    await panel.settled();
    const sampled = updateNumbers(run, parameter.index);
    const finite = sampled.filter(({updateRatio}) => !Number.isNaN(updateRatio));
    expect(finite.length).toBeGreaterThan(1);
    await expect.poll(async () => (await panel.drawn('updates')).map(({label}) => label)).toContain('by weight norm');
    const ratio = await panel.line('updates', 'by weight norm');
    expect(ratio.x).toEqual(finite.map(({step}) => step));
    ratio.y.forEach((value, i) => { expect(value / finite[i]!.updateRatio).toBeCloseTo(1, 5); });
    const cosine = await panel.line('direction', 'cosine with the sample before');
    const turned = sampled.filter((one) => !Number.isNaN(one.cosine));
    expect(cosine.x).toEqual(turned.map(({step}) => step));
    cosine.y.forEach((value, i) => { expect(value).toBeCloseTo(turned[i]!.cosine, 5); });
    await panel.page.keyboard.press('Home');
    await expect.poll(async () => await panel.page.locator('.updates .figure-note').innerText()).toMatch(/^by weight norm .* at step 1$/);
  });

  test('has the numbers behind the chart in a table', async () => {
    await open();
    const [head, ...rows] = await panel.table('loss');
    expect(head).toEqual(['Step', 'loss']);
    const byStep = new Map(Array.from(run.steps.column('step'), (step, i) => [step, run.steps.column('loss')[i] ?? NaN]));
    for (const [step, value] of rows) {
      const expected = byStep.get(readNumber(step)) ?? NaN;
      if (Number.isFinite(expected)) expect(readNumber(value) / expected).toBeCloseTo(1, 2);
      else expect(value).toBe('NaN');
    }
    expect(readNumber(rows.at(-1)?.[0])).toBe(400);
  });

  test('draws what is off the screen when it comes there', async () => {
    await open({width: 400});
    const picture = async (): Promise<string> => await panel.page.evaluate(() => document.querySelector<HTMLCanvasElement>('[data-figure="counts"] .canvas canvas')!.toDataURL());
    const before = await picture();
    await panel.page.keyboard.press('Home');
    await panel.page.keyboard.press('+');
    await expect.poll(() => panel.posted('view').at(-1)?.view.window).toBeTruthy();
    await panel.settled();
    const unseen = await picture();
    expect(unseen).toBe(before);
    await panel.page.locator('[data-figure="counts"] .canvas').scrollIntoViewIfNeeded();
    await expect.poll(picture).not.toBe(before);
    const shown = await picture();
    await panel.drawn('counts');
    const read = await picture();
    expect(read).toBe(shown);
  });

  test('fits a narrow panel: nothing is wider than the page', async () => {
    await open({width: 400});
    await expect.poll(async () => await panel.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    await panel.page.screenshot({path: join(shots, 'panel-page-narrow.png'), fullPage: true});
  });
});

describe('by keyboard and pointer', () => {
  test('the cursor moves in all charts, is read out, and goes back by Escape', async () => {
    await open();
    await panel.page.keyboard.press('Home');
    await panel.page.keyboard.press('ArrowRight');
    await panel.page.keyboard.press('Shift+ArrowRight');
    await expect.poll(async () => (await panel.readout())[0]).toBe('12');
    const [, loss, norm] = await panel.readout();
    expect(readNumber(loss) / run.steps.column('loss')[11]!).toBeCloseTo(1, 2);
    expect(readNumber(norm) / run.steps.column('norm')[11]!).toBeCloseTo(1, 2);
    await panel.page.keyboard.press('p');
    await panel.page.keyboard.press('End');
    await expect.poll(async () => (await panel.readout(1))[0]).toBe('12');
    const sampled = run.histograms(indexOf(await panel.page.locator('.parameter-choice select').inputValue())).map(({step}) => step);
    const nearest = (to: number): number => sampled.reduce((best, step) => Math.abs(step - to) < Math.abs(best - to) ? step : best);
    expect(nearest(400)).toBeGreaterThan(nearest(12));
    await expect.poll(async () => await panel.page.locator('.histogram-bars h3').innerText()).toContain(`step ${nearest(12)} | step ${nearest(400)}`);
    await panel.page.keyboard.press('Escape');
    await panel.page.keyboard.press('Escape');
    await expect.poll(async () => await panel.page.locator('.readout tbody tr').count()).toBe(1);
  });

  test('parameters are selected by arrows, their line is opened by Enter', async () => {
    await open();
    const names = run.parameters.map(({name}) => name);
    const from = names.indexOf(worst().parameter ?? '');
    await panel.page.keyboard.press('ArrowUp');
    await panel.settled();
    const selected = names[from - 1]!;
    await expect.poll(async () => await panel.page.locator('.parameter-choice select').inputValue()).toBe(selected);
    await panel.page.keyboard.press('Enter');
    await expect.poll(() => panel.posted('reveal').map(({parameter}) => parameter)).toEqual([selected]);
    await expect.poll(() => panel.posted('view').at(-1)?.view.parameter).toBe(selected);
  });

  test('a finding that is clicked selects its parameter and puts the cursor on its first step', async () => {
    await open();
    await panel.page.keyboard.press('ArrowUp');
    await panel.page.locator('.finding-main').first().click();
    await expect.poll(async () => await panel.page.locator('.parameter-choice select').inputValue()).toBe(worst().parameter);
    await expect.poll(async () => (await panel.readout())[0]).toBe(String(worst().onsetStep));
    await panel.page.locator('.finding').first().getByRole('button', {name: 'Copy'}).click();
    await expect.poll(() => panel.posted('action')).toEqual([{type: 'action', action: 'copyFinding', run: run.id, finding: worst().id}]);
  });

  test('dragging over a chart zooms all of them, finer numbers come, and 0 shows all again', async () => {
    await open();
    const canvas = panel.page.locator('[data-figure="loss"] canvas').first();
    const box = (await canvas.boundingBox())!;
    const at = (share: number): [number, number] => [box.x + 150 + (box.width - 150) * share, box.y + 80];
    await panel.page.mouse.move(...at(0.25));
    await panel.page.mouse.down();
    await panel.page.mouse.move(...at(0.5), {steps: 4});
    await panel.page.mouse.up();
    await panel.settled();
    await expect.poll(() => panel.posted('view').at(-1)?.view.window).not.toBeNull();
    await panel.settled();
    const {window} = panel.posted('view').at(-1)!.view;
    expect(window!.from).toBeGreaterThan(90);
    expect(window!.to).toBeLessThan(215);
    const inside = (await panel.line('norm', 'norm')).x;
    expect(Math.min(...inside)).toBeGreaterThanOrEqual(window!.from - 1);
    expect(Math.max(...inside)).toBeLessThanOrEqual(window!.to + 1);
    await panel.page.keyboard.press('0');
    await panel.settled();
    await expect.poll(async () => (await panel.line('norm', 'norm')).x.at(-1)).toBe(400);
  });

  test('hovering a row of the strip tells its parameter, leaving tells none', async () => {
    await open();
    const canvas = panel.page.locator('[data-figure="heat"] canvas').first();
    await canvas.hover({position: {x: 400, y: 28}});
    await expect.poll(() => panel.posted('hover').at(-1)?.parameter).toBe(run.parameters[0]?.name);
    await panel.page.mouse.move(2, 2);
    await expect.poll(() => panel.posted('hover').at(-1)?.parameter).toBeNull();
    await canvas.dblclick({position: {x: 400, y: 28}});
    await expect.poll(() => panel.posted('reveal').map(({parameter}) => parameter)).toEqual([run.parameters[0]?.name]);
  });

  test('what the code points at is selected here, with the cursor on its step', async () => {
    await open();
    panel.preview.send({type: 'highlight', parameters: [run.parameters[2]!.name], select: true, step: 33});
    await expect.poll(async () => (await panel.readout())[0]).toBe('33');
    await expect.poll(async () => await panel.page.locator('.parameter-choice select').inputValue()).toBe(run.parameters[2]?.name);
  });

  test('a message of an unknown kind changes nothing', async () => {
    await open();
    const before = await panel.page.locator('body').innerText();
    panel.preview.send({type: 'strange'} as never);
    panel.preview.send(null as never);
    await panel.page.waitForTimeout(100);
    const after = await panel.page.locator('body').innerText();
    expect(after).toBe(before);
  });
});

describe('for everyone', () => {
  test.each(['dark', 'light', 'high-contrast', 'high-contrast-light'] as Theme[])('axe finds nothing in the %s theme, tables open', async (theme) => {
    await open({theme});
    const violations = await axeViolations(panel.page);
    expect(violations).toEqual([]);
    const unlabelled = await panel.page.locator('canvas[role="img"]').evaluateAll((all) => all.filter((canvas) => canvas.checkVisibility()).map((canvas) => canvas.getAttribute('aria-label') ?? '').filter((label) => label.length < 20));
    expect(unlabelled).toEqual([]);
  });

  test('the label of a chart tells the last of quick changes', async () => {
    await open();
    const bars = panel.page.locator('[data-figure="histogram-bars"]');
    const title = async (): Promise<string> => await bars.locator('h3').innerText();
    for (const key of ['Home', 'End', 'Home']) {
      const before = await title();
      await panel.page.keyboard.press(key);
      await expect.poll(title).not.toBe(before);
    }
    const last = await title();
    expect(last).toContain('step 1');
    await expect.poll(async () => await bars.locator('canvas').first().getAttribute('aria-label')).toContain(last);
  });

  test('a theme that changes is drawn at once', async () => {
    await open();
    const pixel = async (): Promise<string> => (await panel.page.locator('[data-figure="heat"] canvas').first().screenshot()).toString('base64');
    const before = await pixel();
    await panel.page.evaluate(() => { document.body.className = 'vscode-light'; });
    await expect.poll(pixel).not.toBe(before);
  });

  test('speaks Japanese where the editor does', async () => {
    await open({locale: 'ja', strings: JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.ja.json'), 'utf8')) as Record<string, string>});
    await expect.poll(async () => await panel.page.locator('html').getAttribute('lang')).toBe('ja');
    for (const place of ['.badge', '.finding .what', '.actions .button', '.figure h3']) await expect.poll(async () => await panel.page.locator(place).first().innerText(), {message: place}).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    await panel.page.screenshot({path: join(shots, 'panel-page-ja.png')});
  });
});

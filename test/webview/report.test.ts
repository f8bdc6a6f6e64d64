import {statSync} from 'node:fs';
import {join} from 'node:path';
import type {Browser} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {defaultSingSettings} from '../../src/protocol/sing';
import {openRun} from '../../src/runs/runReader';
import {writeReport} from '../../src/runs/report/writeReport';
import {PAGE_MS, startChromium} from '../support/chromium';
import {axeViolations, openReport, readNumber as read, shots, tableOf} from '../support/reportPage';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../support/runFolder';
import {lossOf, normOf, writeTrialRuns, type TestTrial} from '../support/trialRuns';

const shape = {steps: 60, layers: 5, seeds: [1, 2], nanFrom: 41};

let browser: Browser;
let trial: TestTrial;
let report: string;

beforeAll(async () => {
  browser = await startChromium();
  trial = writeTrialRuns(shape);
  report = await writeReport({runs: trial.readers, trial: trial.summary, out: join(trial.store, 'trials', trial.summary.trial, 'report.html')});
});
afterAll(async () => { await browser.close(); });

describe('numbers read back from the page', () => {
  test('the losses behind the chart are those of the runs, NaN included', async () => {
    const {page} = await openReport(browser, report);
    const [head = [], ...rows] = await tableOf(page, 'loss');
    expect(head).toEqual(['Step', 'SING off, seed 1', 'SING off, seed 2', 'SING on, seed 1', 'SING on, seed 2', 'SING off, mean', 'SING on, mean']);
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      const step = read(row[0]);
      (['off', 'on'] as const).forEach((arm, a) => shape.seeds.forEach((seed, s) => {
        const expected = lossOf(arm, seed, step, shape.nanFrom);
        if (Number.isNaN(expected)) expect(row[1 + a * 2 + s], `step ${step}`).toBe('NaN');
        else expect(read(row[1 + a * 2 + s]) / expected, `step ${step}`).toBeCloseTo(1, 2);
      }));
    }
    await page.close();
  });

  test('pointing at a line says its value, pointing at a cell of a strip the norm of that parameter and step', async () => {
    const {page} = await openReport(browser, report);
    const loss = page.locator('[data-figure="loss"] canvas');
    await loss.hover({position: {x: 200, y: 150}});
    const tooltip = page.locator('[data-figure="loss"] .tooltip');
    await expect.poll(async () => await tooltip.innerText()).toMatch(/Step/);
    const said = await tooltip.innerText();
    const step = read(/Step ([\d,]+)/.exec(said)?.[1]);
    expect(step).toBeGreaterThan(1);
    expect(read(/SING on, seed 2: (\S+)/.exec(said)?.[1])).toBeCloseTo(lossOf('on', 2, step, shape.nanFrom), 3);
    const strip = page.locator('[data-figure="heat"] canvas').nth(1);
    await strip.scrollIntoViewIfNeeded();
    const box = await strip.boundingBox();
    const width = box?.width ?? 0;
    await strip.hover({position: {x: (width * 29.5) / shape.steps, y: 18 + 20 * 3 + 8}});
    const named = page.locator('[data-figure="heat"] .tooltip').nth(1);
    await expect.poll(async () => await named.innerText()).toMatch(/dense_4\/kernel\s+step 30\s/);
    const cell = await named.innerText();
    expect(read(/norm (\S+)/.exec(cell)?.[1]) / normOf('on', 1, 3, 30)).toBeCloseTo(1, 2);
    await page.close();
  });

  test('the colours of a strip rise with the norm, and NaN is hatched in the colour of alarm', async () => {
    const {page} = await openReport(browser, report);
    const colors = await page.locator('[data-figure="heat"] canvas').first().evaluate((element, {steps}) => {
      const canvas = element as HTMLCanvasElement;
      const ctx = canvas.getContext('2d');
      const gutter = 150;
      const at = (row: number, step: number, w = 1, h = 1): number[] => {
        const x = gutter + ((canvas.clientWidth - gutter) * (step - 0.5)) / steps;
        return Array.from(ctx?.getImageData(Math.round(x), 18 + row * 20 + 4, w, h).data ?? []);
      };
      return {early: at(4, 2), late: at(4, 60), broken: at(0, 50, 12, 12), whole: at(0, 20, 4, 12)};
    }, {steps: shape.steps});
    const light = ([r = 0, g = 0, b = 0]: number[]): number => r + g + b;
    expect(light(colors.early)).toBeGreaterThan(light(colors.late) + 200);
    const alarmed = (pixels: number[]): number => pixels.filter((value, i) => i % 4 === 0 && value > 170 && (pixels[i + 1] ?? 255) < 60 && (pixels[i + 2] ?? 255) < 60).length;
    expect(alarmed(colors.broken)).toBeGreaterThan(5);
    expect(alarmed(colors.whole)).toBe(0);
    await page.close();
  });

  test('a parameter and a seed can be chosen by keyboard, and their numbers are shown', async () => {
    const {page} = await openReport(browser, report);
    expect(await page.locator('#parameter').inputValue()).toBe('0');
    await page.locator('#parameter').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('#seed').focus();
    await page.keyboard.press('ArrowDown');
    const [head = [], ...rows] = await tableOf(page, 'detail');
    expect(head).toEqual(['Step', 'SING off, before', 'SING on, before', 'SING on, after SING']);
    for (const row of rows) {
      const step = read(row[0]);
      expect(read(row[1]) / normOf('off', 2, 1, step)).toBeCloseTo(1, 2);
      expect(read(row[2]) / normOf('on', 2, 1, step)).toBeCloseTo(1, 2);
      expect(read(row[3])).toBe(1);
    }
    const [, ...bands] = await tableOf(page, 'detail', 1);
    const [step, mean, std, min, max] = (bands[10] ?? []).map(read);
    const norm = normOf('off', 2, 1, step ?? 0);
    expect([(mean ?? 0) * 100, (std ?? 0) * 10, (min ?? 0) * -3, (max ?? 0) * 2].map((value) => Number((value / norm).toFixed(2)))).toEqual([1, 1, 1, 1]);
    await page.close();
  });

  test('histograms hold the shares that were counted', async () => {
    const {page} = await openReport(browser, report);
    const rows = await tableOf(page, 'histograms');
    const column = rows.slice(1).map((row) => ({from: read(row[0]), to: read(row[1]), share: Number.parseFloat(row[2] ?? '')}));
    expect(rows[0]?.[2]).toBe('step 1');
    const holding = (value: number): number | undefined => column.find(({from, to}) => value >= from && value < to)?.share;
    expect(holding(normOf('off', 1, 0, 1))).toBeCloseTo(30, 0);
    expect(holding(-1e-3)).toBeCloseTo(60, 0);
    expect(holding(0)).toBeCloseTo(10, 0);
    expect(column.reduce((sum, {share}) => sum + share, 0)).toBeCloseTo(100, 0);
    await page.close();
  });
});

test('the first page says what happened, in words', async () => {
  const {page} = await openReport(browser, report);
  const front = page.locator('.front');
  expect(await front.locator('h1').innerText()).toBe('With SING off, 2 of 2 runs diverged; with SING on, none.');
  const [head, off, on] = await front.locator('.arms tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  expect(head).toEqual(['Arm', 'Final loss', 'Validation accuracy, last', 'Diverged', 'Time a step']);
  expect(off).toEqual(['SING off', 'NaN', '10.0 %', '2 of 2', '10 ms']);
  expect(on?.slice(2)).toEqual(['90.0 %', '0 of 2', '10 ms']);
  const finding = await front.locator('.finding').innerText();
  expect(finding).toMatch(/Values stopped being numbers around dense_1/);
  expect(finding).toContain('Gradients became NaN. </script><script>window.harmed=1</script>');
  expect(await front.locator('.arms .note').innerText()).toMatch(/^Final loss: mean of a run’s last 20 steps/);
  expect(finding).toMatch(/model\.js:3\s+from step 41\s+SING off: 2 of 2 runs/);
  const box = await front.boundingBox();
  expect(box?.height).toBeLessThan(900);
  expect(await page.locator('.line.marked').innerText()).toContain('tf.layers.dense({units: 8})');
  expect(await page.locator('.limits').innerText()).toMatch(/2 seeds an arm.*same learning rate/s);
  await page.close();
});

test('each chart says in words what it shows', async () => {
  const {page} = await openReport(browser, report);
  const names = await page.locator('canvas').evaluateAll((all) => all.map((canvas) => [canvas.getAttribute('role'), canvas.getAttribute('aria-label')]));
  expect(names.length).toBeGreaterThanOrEqual(8);
  for (const [role, name] of names) {
    expect(role).toBe('img');
    expect((name ?? '').length).toBeGreaterThan(40);
  }
  expect(names[0]?.[1]).toMatch(/SING on, mean: from .* to /);
  expect(await page.locator('#figure-loss .legend').innerText()).toContain('NaN');
  await page.close();
});

test.each(['light', 'dark'] as const)('nothing is wrong in %s: no trouble, no request, no harm, no finding of axe', async (scheme) => {
  const {page, troubles} = await openReport(browser, report, scheme);
  await page.screenshot({path: join(shots, `report-trial-${scheme}.png`), fullPage: true});
  await page.screenshot({path: join(shots, `report-first-page-${scheme}.png`)});
  expect(troubles).toEqual([]);
  expect(await page.evaluate(() => (window as {harmed?: number}).harmed)).toBeUndefined();
  expect(await page.locator('img').count()).toBe(0);
  expect(await axeViolations(page)).toEqual([]);
  await page.close();
});

test('the page may run nothing but its own script', async () => {
  const {page} = await openReport(browser, report);
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'$/);
  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.harmed = 3';
    document.body.append(script);
  });
  expect(await page.evaluate(() => (window as {harmed?: number}).harmed)).toBeUndefined();
  await page.close();
});

test('charts follow the scheme, and paper is light', async () => {
  const {page} = await openReport(browser, report, 'dark');
  const heat = page.locator('[data-figure="heat"] canvas').first();
  const lightness = (): Promise<number> => heat.evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    return Array.from(canvas.getContext('2d')?.getImageData(155, 100, 1, 1).data ?? []).slice(0, 3).reduce((a, b) => a + b, 0);
  });
  const dark = await lightness();
  await page.emulateMedia({colorScheme: 'light'});
  await expect.poll(lightness).toBeGreaterThan(dark + 200);
  await page.emulateMedia({colorScheme: 'dark'});
  const pdf = await page.pdf({path: join(shots, 'report-trial.pdf'), format: 'A4', printBackground: true});
  expect(pdf.length).toBeGreaterThan(20_000);
  await page.close();
});

test('it holds on a narrow screen without scrolling sideways', async () => {
  const {page, troubles} = await openReport(browser, report, 'light', 390);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.screenshot({path: join(shots, 'report-narrow.png'), fullPage: true});
  expect(troubles).toEqual([]);
  await page.close();
});

test('sixty parameters over five thousand steps make a file of a few megabytes, and the spike in it stays', async () => {
  const store = temporaryStore();
  const folder = new RunFolder(store, '20261124-101500-a1b2');
  folder.parameters(...Array.from({length: 60}, (_, i) => parameterOf(i, `dense_${i}/kernel`)));
  for (let from = 1; from <= 5000; from += 500) {
    const steps = Array.from({length: 500}, (_, i) => from + i);
    folder.steps(steps.map((step) => stepRow(step, {norm: step === 3333 ? 9000 : 1})));
    folder.rows(steps.flatMap((step) => Array.from({length: 60}, (_, parameter) => parameterRow(step, parameter, {norm: parameter === 7 && step === 3333 ? 9000 : 0.1}))));
  }
  folder.end();
  const path = await writeReport({runs: [openRun(folder.dir)], trial: null, out: join(folder.dir, 'report.html')});
  expect(statSync(path).size).toBeLessThan(4_000_000);
  const {page, troubles} = await openReport(browser, path);
  expect(await page.locator('[data-figure="norm"] canvas').getAttribute('aria-label')).toContain('highest 9000');
  expect(await page.locator('[data-figure="heat-scale"]').innerText()).toContain('9000');
  expect(troubles).toEqual([]);
  await page.close();
});

test('a run in which SING was switched says so on its first page, and no more than was checked', async () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2').parameters(parameterOf(0, 'dense/kernel'));
  folder.steps(Array.from({length: 600}, (_, i) => stepRow(i + 1))).rows(Array.from({length: 600}, (_, i) => parameterRow(i + 1, 0)));
  folder.event({type: 'sing', step: 0, settings: defaultSingSettings}, {type: 'sing', step: 224, settings: {...defaultSingSettings, mode: 'on'}}, {type: 'sing', step: 519, settings: defaultSingSettings}).end();
  const {page, troubles} = await openReport(browser, await writeReport({runs: [openRun(folder.dir)], trial: null, out: join(folder.dir, 'report.html')}));
  expect(await page.locator('h1').innerText()).toBe('No rule found an instability in 600 steps.');
  const front = page.locator('.front');
  expect(await front.locator('.arms').innerText()).toMatch(/SING\s+switched\s+SING was off, on from step 225, off from step 520\./);
  expect(await front.locator('.findings').innerText()).toContain('No rule found an instability in 600 steps.');
  await page.screenshot({path: join(shots, 'report-switched.png')});
  expect(await axeViolations(page)).toEqual([]);
  expect(troubles).toEqual([]);
  await page.close();
});

test('a run that recorded nothing is reported as that', async () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2').end({exitCode: 1, error: 'Error: no data'});
  const path = await writeReport({runs: [openRun(folder.dir)], trial: null, out: join(folder.dir, 'report.html')});
  const page = await browser.newPage();
  page.setDefaultTimeout(PAGE_MS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`file://${path}`);
  expect(await page.locator('h1').innerText()).toBe('No training step was seen.');
  expect(await page.locator('.lead').innerText()).toMatch(/The run failed: Error: no data\./);
  expect(errors).toEqual([]);
  await page.close();
});

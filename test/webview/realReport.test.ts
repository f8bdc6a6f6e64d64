import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Browser} from 'playwright-core';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {TrialSummary} from '../../src/protocol/runSummary';
import {openRun} from '../../src/runs/runReader';
import {listRunIds, runDir} from '../../src/runs/runStore';
import {startChromium} from '../support/chromium';
import {axeViolations, openReport, readNumber, shots, tableOf} from '../support/reportPage';

const root = join(__dirname, '../..');
const store = join(mkdtempSync(join(tmpdir(), 'singscope-real-')), 'store');

let browser: Browser;
let trial: TrialSummary;

async function singscope(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'bin/singscope.js'), ...args], {cwd: root, stdio: ['ignore', 'pipe', 'ignore']});
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
  await once(child, 'close');
  return out;
}

beforeAll(async () => {
  trial = JSON.parse(await singscope('ab', 'examples/digits/train.js', '--seeds', '2', '--max-steps', '80', '--store', store, '--json')) as TrialSummary;
  browser = await startChromium();
});
afterAll(async () => { await browser?.close(); });

test('the report of a real trial shows the numbers of its runs, and axe has nothing against it', async () => {
  expect(trial.report).not.toBeNull();
  const {page, troubles} = await openReport(browser, trial.report ?? '');
  // The picture in the README: from the verdict to the last layer.
  const layers = await page.locator('[data-figure="heat"]').boundingBox();
  await page.screenshot({path: join(shots, 'report-digits.png'), fullPage: true, clip: {x: 0, y: 0, width: 1280, height: Math.ceil((layers?.y ?? 0) + (layers?.height ?? 0))}});
  const [head = [], ...rows] = await tableOf(page, 'loss');
  const readers = new Map(listRunIds(store).map((id) => [id, openRun(runDir(store, id))]));
  const runs = trial.arms.flatMap((arm) => arm.runs);
  expect(runs.length).toBe(4);
  expect(head.slice(1, 5)).toEqual(['SING off, seed 1', 'SING off, seed 2', 'SING on, seed 1', 'SING on, seed 2']);
  for (const row of rows) {
    const step = readNumber(row[0]);
    runs.forEach(({run}, i) => {
      const steps = readers.get(run)?.steps;
      const expected = steps?.column('loss')[steps.column('step').indexOf(step)] ?? NaN;
      expect(readNumber(row[i + 1]) / expected, `${run} at step ${step}`).toBeCloseTo(1, 2);
    });
  }
  expect(rows.length).toBeGreaterThanOrEqual(40);
  await page.getByText(/^Table of \d+ updates$/).click();
  const updates = page.getByRole('region', {name: 'Table of updates'});
  const shown = await updates.locator('tbody tr').evaluateAll((trs) => trs.map((tr) => [...tr.children].map((cell) => cell.textContent?.trim() ?? '')));
  const measured = (trial.arms[0]?.runs[0]?.parameters ?? []).flatMap((_, at) => trial.arms.flatMap(({name, runs: [first]}) => {
    const parameter = first?.parameters[at];
    return parameter ? [{...parameter, arm: `SING ${name}`}] : [];
  }));
  expect(shown.map(([parameter, arm]) => [parameter, arm])).toEqual(measured.map(({name, arm}) => [name, arm]));
  measured.forEach(({update, name}, row) => {
    const cells = shown[row] ?? [];
    expect(update, name).not.toBeNull();
    for (const [at, value] of [update?.step, update?.updateRatio, update?.effectiveRate, update?.cosine].entries()) expect(Math.abs(readNumber(cells[2 + at]) / (value ?? NaN) - 1), `${name}: ${cells[2 + at]} for ${value}`).toBeLessThan(0.06);
  });
  await updates.scrollIntoViewIfNeeded();
  await page.screenshot({path: join(shots, 'report-updates.png')});
  expect(await axeViolations(page)).toEqual([]);
  expect(troubles).toEqual([]);
  await page.close();
});

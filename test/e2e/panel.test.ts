import {rmSync, writeFileSync} from 'node:fs';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {RunReader} from '../../src/runs/runReader';
import type {EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import type {PanelPage} from './host/pages/panelPage';
import type {ChartCanvas, DrawnSeries} from '../../webview/charts/linkedChart';
import {startedRun, untilEnd} from './support/runs';
import {regression} from './support/scripts';

const STEPS = 400;
/** Step at which the run waits for a word of the test: a busy machine may take longer to open a panel than to train. */
const SHOWN = 60;
/** From this one on it takes a second a step until SING is on: it is switched between two steps. */
const SWITCHED = 300;

pictureFailures();
let code: Vscode;
let project: Workspace;
let window: EditorWindow;
let run: RunReader;
beforeAll(async () => {
  code = await startVscode();
  project = makeWorkspace({files: {'train.js': waiting()}});
  window = await code.open(project.folder);
});
afterAll(async () => {
  await code.stop();
  project.remove();
});

it('draws a run while it goes on', async () => {
  await window.editor.open(project.path('train.js'));
  run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training'));
  await eventually('the first steps on the screen', async () => await (await window.panel()).lastStep() === SHOWN);
  const panel = await window.panel();
  goOn(SHOWN);
  const seen = await watchSteps(panel, 5_000);
  run.refresh();
  const times = run.steps.column('time');
  const waits = seen.flatMap(({step, at}) => {
    const time = times[step - 1];
    return time === undefined ? [] : [at - time];
  }).sort((a, b) => a - b);
  expect(waits.length).toBeGreaterThan(20);
  console.log(`step to point drawn: median ${share(waits, 0.5)} ms, p95 ${share(waits, 0.95)} ms of ${waits.length} frames (goal: p95 200 ms)`);
  await expect.poll(async () => await panel.fact('step')).toMatch(/\d/);
});

it('switches SING from the panel; the norms after it that are drawn become 1', async () => {
  const panel = await window.panel();
  await panel.select('middle/kernel');
  await panel.switchSing('on');
  const change = await eventually('SING', () => {
    run.refresh();
    return run.events('sing').find(({settings}) => settings.mode === 'on');
  });
  goOn(SWITCHED);
  await eventually('the steps after it', async () => await panel.lastStep('track-norm') >= change.step + 30);
  const drawn = await panel.drawn('track-norm');
  const after = named(drawn, 'after SING');
  const norms = after.x.flatMap((step, i) => (step > change.step ? [after.y[i]!] : []));
  expect(norms.length).toBeGreaterThanOrEqual(30);
  for (const norm of norms) expect(norm).toBeCloseTo(1, 4);
  expect(named(drawn, 'SING on').x).toEqual([change.step + 1]);
});

it('shows the numbers of the run folder', async () => {
  await untilEnd(run);
  const panel = await window.panel();
  await eventually('the last step', async () => await panel.lastStep() === STEPS && await panel.lastStep('track-norm') === STEPS);
  const steps = run.steps.column('step');
  const kernel = run.series(run.parameters.find(({name}) => name === 'middle/kernel')!.index);
  const rows = kernel.column('step');
  const mean = kernel.column('mean');
  const std = kernel.column('std');
  sameSeries(named(await panel.drawn('loss'), 'loss'), steps, run.steps.column('loss'));
  sameSeries(named(await panel.drawn('norm'), 'norm'), steps, run.steps.column('norm'));
  sameSeries(named(await panel.drawn('track-norm'), 'before SING'), rows, kernel.column('norm'));
  const band = await panel.drawn('band');
  sameSeries(named(band, 'mean'), rows, mean);
  sameSeries(named(band, 'mean + std'), rows, mean.map((value, i) => value + std[i]!));
  sameSeries(named(band, 'min'), rows, kernel.column('min'));
  sameSeries(named(band, 'max'), rows, kernel.column('max'));
  sameSeries(named(await panel.drawn('counts'), 'zeros'), rows, kernel.column('zeros'));
  const heat = await panel.drawn('heat');
  expect(heat.filter(({kind}) => kind === 'cells').map(({label}) => label)).toEqual(run.parameters.map(({name}) => name));
  highestOfBuckets(named(heat, 'middle/kernel'), kernel.column('norm'));
});

it('puts points where their numbers belong', async () => {
  const panel = await window.panel();
  const {x, y, pixels} = named(await panel.drawn('loss'), 'loss');
  expect(pixels.length).toBe(x.length);
  for (let i = 1; i < x.length; i++) {
    expect(pixels[i]!.x).toBeGreaterThanOrEqual(pixels[i - 1]!.x);
    // Upwards on the screen is downwards in pixels.
    if (y[i]! !== y[i - 1]!) expect(Math.sign(pixels[i]!.y - pixels[i - 1]!.y)).not.toBe(Math.sign(y[i]! - y[i - 1]!));
  }
});

it('comes back as it was when it is hidden and shown, and when the window is reloaded', async () => {
  const before = await (await window.panel()).drawn('loss');
  await window.editor.open(project.path('train.js'));
  await window.probe.command('workbench.action.joinAllGroups');
  await window.editor.open(project.path('train.js'));
  await eventually('the panel hidden', async () => await window.panelCount() === 0);
  await window.probe.command('singscope.openPanel', {store: run.store, run: run.id});
  await sameAgain(before);
  await window.reload();
  await sameAgain(before);
  await expect.poll(async () => await (await window.panel()).selected()).toBe('middle/kernel');
});

it('comes back too when it was covered before its page was there', async () => {
  await window.probe.command('workbench.action.closeAllEditors');
  await window.probe.evaluate(async ({vscode}, subject, file) => {
    const opened = vscode.commands.executeCommand('singscope.openPanel', subject);
    await Promise.all([opened, vscode.window.showTextDocument(vscode.Uri.file(file), {preview: false})]);
  }, {store: run.store, run: run.id}, project.path('package.json'));
  const panelTab = window.page.locator('.tab').filter({hasText: 'train.js'});
  await eventually('the title of what nobody has seen yet', async () => await panelTab.count() === 1);
  // What was opened is covered on the screen a moment after it is in the editor's mind.
  await eventually('no panel on the screen', async () => await window.panelCount() === 0);
  await window.reload();
  await panelTab.click();
  await eventually('all its steps', async () => await (await window.panel()).lastStep() === STEPS);
});

it('says so when the run folder vanishes while it is shown, and raises no error', async () => {
  rmSync(run.dir, {recursive: true, maxRetries: 20});
  await eventually('one line about it', async () => /folder of run .* has vanished/.test(await (await window.panel()).text()));
  expect(window.log.ours()).toEqual([]);
});

function waiting(): string {
  const isPast = (step: number): string => `require('node:fs').existsSync('past ${step}')`;
  const wait = `while (step === ${SHOWN} && !${isPast(SHOWN)}) await new Promise((resolve) => setTimeout(resolve, 20));`;
  const slow = `if (step >= ${SWITCHED} && !${isPast(SWITCHED)}) await new Promise((resolve) => setTimeout(resolve, 1000));`;
  return regression({steps: STEPS, pauseMs: 25}).replace('    optimizer.minimize', `    ${wait}\n    ${slow}\n    optimizer.minimize`);
}

function goOn(step: number): void {
  writeFileSync(project.path(`past ${step}`), '');
}

async function sameAgain(before: DrawnSeries[]): Promise<void> {
  await eventually('the same curve', async () => await (await window.panel()).lastStep() === STEPS);
  const again = await (await window.panel()).drawn('loss');
  expect(named(again, 'loss').y.at(-1)).toBe(named(before, 'loss').y.at(-1));
}

function named(drawn: readonly DrawnSeries[], label: string): DrawnSeries {
  const found = drawn.find((series) => series.label === label && series.kind !== 'low' && series.kind !== 'high');
  if (found === undefined) throw new Error(`${label} is not drawn, but ${drawn.map((series) => series.label).join(', ')}`);
  return found;
}

/** What a chart shows must be what the folder holds, at every step that it shows. */
function sameSeries(drawn: DrawnSeries, steps: Float64Array, values: Float64Array): void {
  const recorded = new Map(Array.from(steps, (step, i) => [step, values[i]!]));
  expect(drawn.x.length).toBeGreaterThan(100);
  drawn.x.forEach((step, i) => {
    expect(drawn.y[i], `${drawn.label} at step ${step}`).toBeCloseTo(recorded.get(step)!, 12);
  });
}

/** A cell shows the largest norm of its steps, as a float32. */
function highestOfBuckets({x, y}: DrawnSeries, norms: Float64Array): void {
  expect(x.length).toBeGreaterThan(20);
  x.forEach((first, i) => {
    const next = x[i + 1] ?? norms.length + 1;
    expect(y[i], `cell of step ${first}`).toBe(Math.fround(Math.max(...norms.slice(first - 1, next - 1))));
  });
}

/** When the newest step on the loss chart changed, seen once a frame for so long, and on a busy machine until it changed some times. */
async function watchSteps({frame}: PanelPage, ms: number): Promise<{step: number; at: number}[]> {
  return await frame.evaluate(async (limit) => {
    const canvas = document.querySelector<ChartCanvas>('[data-figure="loss"] .canvas canvas')!;
    const seen: {step: number; at: number}[] = [];
    const end = Date.now() + limit;
    let last = 0;
    while (Date.now() < end || (seen.length <= 20 && Date.now() < end + 60_000)) {
      await new Promise(requestAnimationFrame);
      const step = Math.max(...canvas.drawn().map(({x}) => x.at(-1) ?? 0));
      // Every step that came with this frame was drawn with it.
      for (let each = last + 1; last > 0 && each <= step; each++) seen.push({step: each, at: Date.now()});
      last = step;
    }
    return seen;
  }, ms);
}

function share(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN).toFixed(0);
}

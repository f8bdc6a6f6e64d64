import {setTimeout as sleep} from 'node:timers/promises';
import {EXTENSION} from '../test/e2e/host/editorWindow';
import {webviewFrame} from '../test/e2e/host/pages/webviewFrame';
import {startVscode, type Vscode} from '../test/e2e/host/vscode';
import {makeWorkspace} from '../test/e2e/host/workspace';
import {framesSince, watchFrames, wholeAt, type DrawnFrame} from './framesInPage';
import {LargeRun, PARAMETERS} from './largeRun';
import {timeRow, type Row} from './rows';

const BENCH = 'panel';
const SAMPLES = 5;
const STEPS = 5_000;
/** Steps that the run has when its growth is watched, and its pace: that of a small network on a fast machine. */
const LIVE_STEPS = 4_500;
const BEAT_STEPS = 5;
const BEAT_MS = 100;
const MEDIAN = 0.5;
const P95 = 0.95;
const goals = {activation: 50, open: 1_000, frame: 50};

/** What the editor costs its user, in the real VS Code with a software renderer. */
export async function benchPanel(say: (line: string) => void): Promise<Row[]> {
  const code = await startVscode();
  try {
    say('activation …');
    const activation = await activations(code);
    say('opening the panel …');
    const open = await openings(code);
    say('live frames …');
    const frames = await liveFrames(code, false);
    say('live frames beside the code …');
    const beside = await liveFrames(code, true);
    const large = `${PARAMETERS} parameters × ${STEPS} steps`;
    return [
      timeRow(BENCH, 'extension', 'activation, median', activation, MEDIAN, goals.activation),
      timeRow(BENCH, large, 'command to everything drawn, median', open, MEDIAN, goals.open),
      timeRow(BENCH, large, 'live frame until painted, p95', frames.map(({painted}) => painted), P95, goals.frame),
      timeRow(BENCH, large, 'live frame, script alone, p95', frames.map(({script}) => script), P95, null),
      timeRow(BENCH, large, 'live frame until painted, median', frames.map(({painted}) => painted), MEDIAN, null),
      timeRow(BENCH, large, 'live frame beside the code until painted, p95', beside.map(({painted}) => painted), P95, goals.frame),
    ];
  } finally {
    await code.stop();
  }
}

/** Loading and activating, each in an extension host of its own. */
async function activations(code: Vscode): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const project = makeWorkspace({tfjs: false});
    const window = await code.open(project.folder);
    const ms = await window.probe.activationMs(EXTENSION);
    if (ms !== null) times.push(ms);
    await window.close();
    project.remove();
  }
  return times;
}

async function openings(code: Vscode): Promise<number[]> {
  const project = makeWorkspace({files: {'train.js': ''}, tfjs: false});
  const run = new LargeRun(project.path('.singscope'), '20261124-101500-bench');
  run.growTo(STEPS);
  run.end();
  const window = await code.open(project.folder);
  const times: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const begun = Date.now();
    await window.probe.command('singscope.openPanel', {store: run.store, run: run.id});
    times.push(await wholeAt(await webviewFrame(window.page, EXTENSION), STEPS, PARAMETERS) - begun);
    await window.probe.command('workbench.action.closeAllEditors');
    await sleep(500);
  }
  await window.close();
  project.remove();
  return times;
}

/** @param beside the script is open too, and the panel has half of the window */
async function liveFrames(code: Vscode, beside: boolean): Promise<DrawnFrame[]> {
  const project = makeWorkspace({files: {'train.js': ''}, tfjs: false});
  const run = new LargeRun(project.path('.singscope'), '20261124-101500-bench');
  run.growTo(LIVE_STEPS);
  const window = await code.open(project.folder);
  if (beside) await window.editor.open(project.path('train.js'));
  await window.probe.command('singscope.openPanel', {store: run.store, run: run.id});
  const frame = await webviewFrame(window.page, EXTENSION);
  await wholeAt(frame, LIVE_STEPS, PARAMETERS);
  await watchFrames(frame);
  while (run.steps < STEPS) {
    run.growTo(run.steps + BEAT_STEPS);
    await sleep(BEAT_MS);
  }
  await wholeAt(frame, STEPS, PARAMETERS);
  const frames = await framesSince(frame);
  await window.close();
  project.remove();
  return frames;
}

import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Finding} from '../../src/protocol/finding';
import {binOf} from '../../src/protocol/histogram';
import type {TrialSummary} from '../../src/protocol/runSummary';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {summarizeRun} from '../../src/runs/runSummary';
import {parameterOf, parameterRow, RunFolder, stepRow, type Row} from './runFolder';

/** Text that would do harm if any part of the page took it for markup or script. */
export const hostile = '</script><script>window.harmed=1</script><img src=x onerror="window.harmed=2">\u2028 & \'"`${1}';

export interface TrialShape {
  steps: number;
  layers: number;
  seeds: number[];
  /** Step from which the off arm's first layer holds NaN; Infinity for never. */
  nanFrom: number;
}

export interface TestTrial {
  store: string;
  cwd: string;
  readers: RunReader[];
  summary: TrialSummary;
}

/** Norm that the test runs record: tells parameter, step, arm and seed apart, and rises in the off arm. */
export function normOf(arm: string, seed: number, parameter: number, step: number): number {
  return (parameter + 1) * (1 + seed / 10) * 10 ** (arm === 'off' ? step / 20 : Math.sin(step) / 2) * 1e-3;
}

export function lossOf(arm: string, seed: number, step: number, nanFrom: number): number {
  if (arm === 'off') return step >= nanFrom ? NaN : 2 + step / 10 + seed / 100;
  return 2.5 * 0.95 ** step + seed / 100;
}

/** Writes a trial of two arms as the recorder would, with a script whose line 3 makes the layer that is to blame. */
export function writeTrialRuns(shape: TrialShape): TestTrial {
  const cwd = mkdtempSync(join(tmpdir(), 'singscope-trial-'));
  const store = join(cwd, '.singscope');
  writeFileSync(join(cwd, 'model.js'), `const tf = require('@tensorflow/tfjs');\nconst model = tf.sequential();\nmodel.add(tf.layers.dense({units: 8})); // ${hostile}\nmodel.compile({});\n`);
  const trial = 'trial-20261124-101500-a1b2';
  const readers = (['off', 'on'] as const).flatMap((arm, a) => shape.seeds.map((seed, s) => writeRun(shape, {cwd, store, trial, arm, seed, id: `20261124-1015${String(a * 20 + s).padStart(2, '0')}-a1b2`})));
  mkdirSync(join(store, 'trials', trial), {recursive: true});
  const arms = (['off', 'on'] as const).map((name) => {
    const runs = readers.filter(({launch}) => launch.arm === name).map(summarizeRun);
    return {name, lrScale: 1, runs, diverged: runs.filter(({diverged}) => diverged).length, finalLoss: {mean: runs[0]?.loss.last ?? null, sd: 0.01}, stepMs: 10};
  });
  return {store, cwd, readers, summary: {
    trial, arms, noiseFloor: {finalLossSd: 0.01, sameSeedIdentical: true}, firstDivergence: [{parameter: 'dense_1/kernel', step: 2}],
    verdict: {winner: 'none', pValue: 0.5, effect: Infinity, pairs: 2, text: `Two seeds are too few. ${hostile}`}, report: null,
  }};
}

function writeRun({steps, layers, nanFrom}: TrialShape, {cwd, store, trial, arm, seed, id}: {cwd: string; store: string; trial: string; arm: 'off' | 'on'; seed: number; id: string}): RunReader {
  const site = {file: join(cwd, 'model.js'), line: 3, column: 11};
  const names = Array.from({length: layers}, (_, i) => `dense_${i + 1}/kernel`);
  const folder = new RunFolder(store, id, {arm, seed, trial, cwd, script: join(cwd, 'model.js'), args: [hostile], created: Date.now() + 60_000})
    .event({type: 'start', pid: process.pid, processStart: null, node: 'v20.1.0', time: 0, control: null})
    .event({type: 'backend', backend: {name: 'cpu', package: '@tensorflow/tfjs', packageVersion: '4.22.0', tensorflow: null, device: 'cpu', threads: 1, kernels: 'js'}})
    .parameters(...names.map((name, index) => parameterOf(index, name, {site: index === 0 ? site : null})));
  const all = Array.from({length: steps}, (_, i) => i + 1);
  const broken = (step: number): boolean => arm === 'off' && step >= nanFrom;
  folder.steps(all.map((step) => stepRow(step, {loss: lossOf(arm, seed, step, nanFrom), norm: normOf(arm, seed, layers - 1, step)})));
  folder.rows(all.flatMap((step) => names.map((_, parameter): Row => {
    const norm = normOf(arm, seed, parameter, step);
    return parameterRow(step, parameter, {norm, normAfter: arm === 'on' ? 1 : norm, mean: norm / 100, std: norm / 10, min: -norm / 3, max: norm / 2, nan: parameter === 0 && broken(step) ? 4 : 0});
  })));
  folder.histograms(all.filter((step) => step % 5 === 1).map((step) => ({step, parameter: 0, bins: [binOf(0), binOf(normOf(arm, seed, 0, step)), binOf(-1e-3)], counts: [10, 30, 60]})));
  folder.event({type: 'metric', step: steps, source: 'epoch', epoch: 0, batch: null, values: {acc: 0.25, val_acc: arm === 'on' ? 0.9 : 0.1}});
  if (arm === 'off' && nanFrom <= steps) {
    const finding: Finding = {id: 'non-finite-1', rule: 'non-finite', severity: 'error', onsetStep: nanFrom, step: nanFrom, layer: 'dense_1', parameter: 'dense_1/kernel', site, value: NaN, baseline: 0.3, message: `Gradients became NaN. ${hostile}`, confidence: 1};
    folder.event({type: 'finding', finding});
  }
  folder.event({type: 'notice', code: 'fallback-runtime', message: hostile}).end({exitCode: 0}).exit();
  return openRun(folder.dir);
}

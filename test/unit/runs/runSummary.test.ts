import {expect, test} from 'vitest';
import {openRun} from '../../../src/runs/runReader';
import {summarizeRun} from '../../../src/runs/runSummary';
import {defaultSingSettings} from '../../../src/protocol/sing';
import type {RunEvent} from '../../../src/protocol/events';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const ID = '20261124-101500-a1b2';
const folderOf = (): RunFolder => new RunFolder(temporaryStore(), ID);
const metric = (step: number, values: Record<string, number>, source: 'batch' | 'epoch' | 'log' = 'epoch'): RunEvent =>
  ({type: 'metric', step, source, epoch: null, batch: null, values});

function divergedWith(losses: number[], parts: (i: number) => Record<string, number> = () => ({})): boolean {
  const folder = folderOf().steps(losses.map((loss, i) => stepRow(i + 1, {loss, ...parts(i)}))).end();
  return summarizeRun(openRun(folder.dir)).diverged;
}

test('the numbers of a run, reckoned by hand', () => {
  const store = temporaryStore();
  const folder = new RunFolder(store, ID, {seed: 3})
    .parameters(parameterOf(0, 'a/kernel', {site: {file: '/x/m.js', line: 2, column: 3}}), parameterOf(1, 'b/kernel'))
    .steps([
      stepRow(1, {loss: 4, stepMs: 900, tensors: 10, bytes: 100, rss: 5, heap: 50}),
      stepRow(2, {loss: 1, stepMs: 10, tensors: 12, bytes: 300, rss: 7, heap: 70}),
      stepRow(3, {loss: 2, stepMs: 20, tensors: 11, bytes: 200, rss: 9, heap: 60}),
      stepRow(4, {loss: 3, stepMs: 40, tensors: 11, bytes: 200, rss: 8, heap: 65}),
    ])
    .rows([parameterRow(3, 0), parameterRow(4, 0, {mean: 1, std: 2, min: -3, max: 4, norm: 5, normAfter: 1})])
    .updates([{step: 3, parameter: 0, weightNorm: 9, updateNorm: 3}, {step: 4, parameter: 0, weightNorm: 8, updateNorm: 2, cosine: -0.5, deadUnits: 1 / 3, gradientNorm: 1}])
    .histograms([1, 3, 4].map((step) => ({step, parameter: 0, bins: [4], counts: [1]})))
    .event(metric(2, {acc: 0.9, val_loss: 0.2}), metric(4, {acc: 0.7, val_loss: 0.4}), metric(4, {acc: 1}, 'batch'), metric(1, {lr: 5}, 'batch'))
    .event({type: 'sing', step: 2, settings: {...defaultSingSettings, mode: 'on', exclude: ['b/*']}})
    .end({overheadPct: 1.25, dropped: {frames: 2, spikes: 1}})
    .exit({exitCode: 0});
  new RunFolder(store, '20261124-101501-0001', {parent: ID});
  new RunFolder(store, '20261124-101502-0002', {parent: '20261124-101501-0001'});
  const summary = summarizeRun(openRun(folder.dir));
  expect(summary).toMatchObject({
    run: ID, status: 'finished', exitCode: 0, signal: null, store, children: ['20261124-101501-0001'], backend: null, seed: 3, steps: 4,
    sing: {mode: 'on', centralize: true, normalize: 'norm', softplus: false, lookahead: false, excluded: ['b/*']},
    loss: {first: 4, last: 3, min: 1}, diverged: false, overheadPct: 1.25, sampled: {steps: 3, every: 1.5}, dropped: {frames: 2, spikes: 1},
    metrics: {acc: {last: 0.7, best: 0.9, step: 2}, val_loss: {last: 0.4, best: 0.2, step: 2}, lr: {last: 5, best: 5, step: 1}},
    memory: {numTensors: {first: 10, last: 11, max: 12}, bytes: {first: 100, last: 200, max: 300}, rss: {first: 5, last: 8, max: 9}, heap: {first: 50, last: 65, max: 70}},
    findings: [], notices: [],
  });
  expect(summary.stepMs.median).toBe(20);
  expect(summary.stepMs.p95).toBeCloseTo(38, 9);
  expect(summary.parameters).toEqual([
    {name: 'a/kernel', layer: 'a', shape: [4, 3], kind: 'dense', site: {file: '/x/m.js', line: 2, column: 3}, gradient: {mean: 1, std: 2, min: -3, max: 4, norm: 5},
      update: {step: 4, weightNorm: 8, updateNorm: 2, updateRatio: 0.25, effectiveRate: 2, cosine: -0.5, secondMomentRms: null, deadUnits: 1 / 3}},
    {name: 'b/kernel', layer: 'b', shape: [4, 3], kind: 'dense', site: null, gradient: null, update: null},
  ]);
});

test('layers and the network have the gradients of their parameters taken as one, of the last step that had any', () => {
  const folder = folderOf().parameters(parameterOf(0, 'a/kernel', {shape: [3, 2]}), parameterOf(1, 'a/bias', {shape: [2]}), parameterOf(2, 'b/kernel', {shape: [1, 2]}), parameterOf(3, 'c/kernel'))
    .rows([
      parameterRow(1, 0, {mean: 9}), parameterRow(1, 2, {mean: -1, std: 2, min: -3, max: 1, norm: Math.sqrt(10)}),
      parameterRow(2, 0, {mean: 1, std: 0, min: 1, max: 1, norm: Math.sqrt(6)}), parameterRow(2, 1, {mean: 5, std: 1, min: 4, max: 6, norm: Math.sqrt(52)}),
    ]).end();
  const {layers, network} = summarizeRun(openRun(folder.dir));
  // (6 · 1 + 2 · 5) / 8 = 2; of the squares (6 + 16 + 36) / 8 − 4 = 3.25.
  const whole = {mean: 2, std: expect.closeTo(Math.sqrt(3.25), 12) as number, min: 1, max: 6, norm: expect.closeTo(Math.sqrt(58), 12) as number};
  expect(layers).toEqual([
    {name: 'a', parameters: ['a/kernel', 'a/bias'], gradient: whole},
    {name: 'b', parameters: ['b/kernel'], gradient: {mean: -1, std: 2, min: -3, max: 1, norm: expect.closeTo(Math.sqrt(10), 12) as number}},
    {name: 'c', parameters: ['c/kernel'], gradient: null},
  ]);
  expect(network).toEqual({gradient: whole});
});

test('a run that did nothing has every field, and says that it saw no steps', () => {
  const summary = summarizeRun(openRun(folderOf().end().dir));
  expect(summary).toMatchObject({
    status: 'finished', exitCode: 0, steps: 0, loss: {first: null, last: null, min: null}, metrics: {}, diverged: false, stepMs: {median: null, p95: null},
    memory: {numTensors: {first: null, last: null, max: null}}, parameters: [], findings: [], dropped: {frames: 0, spikes: 0},
  });
  expect(summary.notices.map(({code}) => code)).toEqual(['no-steps']);
  expect(Object.values(summary).every((value) => value !== undefined)).toBe(true);
});

test('no-steps is said once, and not of a run that goes on', () => {
  const said = folderOf().event({type: 'notice', code: 'no-steps', message: 'said'}).end();
  expect(summarizeRun(openRun(said.dir)).notices).toEqual([{code: 'no-steps', message: 'said'}]);
  const going = new RunFolder(temporaryStore(), ID, {created: Date.now()});
  expect(summarizeRun(openRun(going.dir)).notices).toEqual([]);
});

test('a process whose children trained is not said to have trained nothing', () => {
  const store = temporaryStore();
  const parent = new RunFolder(store, ID).end();
  const between = new RunFolder(store, '20261124-101501-0001', {parent: ID}).end();
  expect(summarizeRun(openRun(parent.dir)).notices.map(({code}) => code)).toEqual(['no-steps']);
  new RunFolder(store, '20261124-101502-0002', {parent: '20261124-101501-0001'}).steps([stepRow(1)]).end();
  new RunFolder(store, '20261124-101502-0003', {parent: ID}).steps([stepRow(1)]).end();
  const notice = (ids: string): unknown => [{code: 'children-trained', message: `this process made no optimizer step: what it started trained (${ids})`}];
  expect(summarizeRun(openRun(parent.dir)).notices).toEqual(notice('20261124-101502-0002, 20261124-101502-0003'));
  expect(summarizeRun(openRun(between.dir)).notices).toEqual(notice('20261124-101502-0002'));
});

test('only batches reported: they are the metric', () => {
  const folder = folderOf().event(metric(1, {acc: 0.2}, 'batch'), metric(2, {acc: 0.6}, 'batch'), metric(3, {acc: 0.5}, 'batch')).end();
  expect(summarizeRun(openRun(folder.dir)).metrics).toEqual({acc: {last: 0.5, best: 0.6, step: 2}});
});

test.each<[string, number]>([
  ['loss', 1], ['val_loss', 1], ['meanAbsoluteError', 1], ['mse', 1], ['MAE', 1], ['val_mae', 1], ['perplexity', 1], ['acc', 3], ['val_acc', 3], ['precision', 3], ['reward', 3],
])('the best %s of 2, 1, 3 is %d', (name, best) => {
  const folder = folderOf().event(metric(1, {[name]: 2}), metric(2, {[name]: 1}), metric(3, {[name]: 3}), metric(4, {[name]: NaN})).end();
  expect(summarizeRun(openRun(folder.dir)).metrics[name]).toEqual({last: NaN, best, step: best === 1 ? 2 : 3});
});

test('diverged: non-finite at the end, or the median of the last 20 above twice that of the first', () => {
  const flat = Array.from({length: 60}, () => 1);
  expect(divergedWith(flat)).toBe(false);
  expect(divergedWith([...flat, NaN])).toBe(true);
  expect(divergedWith([...flat, Infinity])).toBe(true);
  expect(divergedWith([...flat, NaN, 1])).toBe(false);
  expect(divergedWith([...flat, ...Array.from({length: 20}, () => 1.99)])).toBe(false);
  expect(divergedWith([...flat, ...Array.from({length: 20}, () => 2.01)])).toBe(true);
  expect(divergedWith([...flat, ...Array.from({length: 9}, () => 50)])).toBe(false);
  expect(divergedWith([...flat, ...Array.from({length: 15}, () => NaN), 1])).toBe(true);
  expect(divergedWith(flat.map((_, i) => -1 - i))).toBe(false);
  expect(divergedWith(flat.map((_, i) => -1 + i))).toBe(true);
});

test('losses of two optimizers are not compared with each other', () => {
  const losses = Array.from({length: 80}, (_, i) => (i < 40 ? 1 : 30));
  expect(divergedWith(losses)).toBe(true);
  expect(divergedWith(losses, (i) => ({optimizer: i < 40 ? 0 : 1}))).toBe(false);
});

test('a loss that was never seen is none, one that was NaN from the start is NaN', () => {
  const unseen = folderOf().steps([stepRow(1, {loss: NaN}), stepRow(2, {loss: NaN})]).end();
  expect(summarizeRun(openRun(unseen.dir))).toMatchObject({loss: {first: null, last: null, min: null}, diverged: false});
  const reported = folderOf().steps([stepRow(1, {loss: NaN}), stepRow(2, {loss: NaN})]).event(metric(1, {loss: NaN}, 'batch')).end();
  expect(summarizeRun(openRun(reported.dir))).toMatchObject({loss: {first: NaN, last: NaN, min: NaN}, diverged: true});
});

test('where no optimizer saw a loss, the one that the script reports counts', () => {
  const folder = folderOf().steps([stepRow(1, {loss: NaN}), stepRow(2, {loss: NaN}), stepRow(3, {loss: NaN})])
    .event(metric(1, {loss: 3}, 'log'), metric(2, {loss: 1}, 'log'), metric(3, {loss: Infinity}, 'log')).end();
  expect(summarizeRun(openRun(folder.dir))).toMatchObject({loss: {first: 3, last: Infinity, min: 1}, diverged: true});
  const seen = folderOf().steps([stepRow(1, {loss: 4}), stepRow(2, {loss: 2})]).event(metric(2, {loss: 9}, 'epoch')).end();
  expect(summarizeRun(openRun(seen.dir))).toMatchObject({loss: {first: 4, last: 2, min: 2}, diverged: false});
});

test('an optimizer without a loss beside one with does not make the run diverge; one whose NaN was reported does', () => {
  const rows = Array.from({length: 10}, (_, i) => stepRow(i + 1, i % 2 === 0 ? {loss: 1} : {loss: NaN, optimizer: 1}));
  expect(summarizeRun(openRun(folderOf().steps(rows).end().dir))).toMatchObject({loss: {first: 1, last: 1}, diverged: false});
  expect(summarizeRun(openRun(folderOf().steps(rows).event(metric(10, {loss: NaN}, 'batch')).end().dir))).toMatchObject({loss: {last: NaN}, diverged: true});
});

test('a script that died of an explosion diverged', () => {
  const died = (rule: 'exploding' | 'spike'): boolean => {
    const folder = folderOf().steps([stepRow(1, {loss: 1})]).end({exitCode: 1, error: 'Error: loss is NaN'}).event({
      type: 'finding',
      finding: {id: 'f', rule, severity: 'error', onsetStep: 1, step: 1, layer: null, parameter: null, site: null, value: 1, baseline: null, message: '', confidence: 1},
    });
    return summarizeRun(openRun(folder.dir)).diverged;
  };
  expect(died('exploding')).toBe(true);
  expect(died('spike')).toBe(false);
});

test('a loss that blew up within its first steps and stays there diverged, where a finding says that it exploded', () => {
  const endsWith = (last: number, rule: 'exploding' | 'non-finite' | 'spike', severity: 'error' | 'warning' = 'error', first = 2): boolean => {
    const losses = [first, 40, ...Array.from({length: 60}, () => last)];
    const folder = folderOf().steps(losses.map((loss, i) => stepRow(i + 1, {loss}))).event({
      type: 'finding',
      finding: {id: 'f', rule, severity, onsetStep: 2, step: 4, layer: null, parameter: null, site: null, value: 1, baseline: null, message: '', confidence: 1},
    }).end();
    return summarizeRun(openRun(folder.dir)).diverged;
  };
  expect(endsWith(1e19, 'exploding')).toBe(true);
  expect(endsWith(1e19, 'non-finite')).toBe(true);
  expect(endsWith(20.1, 'exploding')).toBe(true);
  expect(endsWith(19.9, 'exploding')).toBe(false);
  expect(endsWith(1e19, 'spike')).toBe(false);
  expect(endsWith(1e19, 'exploding', 'warning')).toBe(false);
  expect(endsWith(1e19, 'exploding', 'error', -2)).toBe(false);
});

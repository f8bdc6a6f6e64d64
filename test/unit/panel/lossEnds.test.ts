import {describe, expect, it} from 'vitest';
import {LossEnds} from '../../../src/panel/feed/lossEnds';
import {openRun, type RunReader} from '../../../src/runs/runReader';
import {summarizeRun} from '../../../src/runs/runSummary';
import type {RunEvent} from '../../../src/protocol/events';
import {RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const times = (count: number, loss: (step: number) => number): number[] => Array.from({length: count}, (_, i) => loss(i + 1));
const explosion = (step: number): RunEvent => ({type: 'finding', finding: {
  id: 'f1', rule: 'exploding', severity: 'error', onsetStep: step, step, layer: null, parameter: null, site: null, value: 90, baseline: 1, message: 'The norm grew.', confidence: 1,
}});

/** Losses of one optimizer, or of two that take turns; read in two pieces as the panel does. */
function told(losses: number[], {second, events = [], failed = false}: {second?: number[]; events?: RunEvent[]; failed?: boolean} = {}): {diverged: boolean; last: number | null; reader: RunReader} {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-abcd').event({type: 'start', pid: 1, processStart: null, node: '20', time: 0, control: null}, ...events);
  const rows = losses.flatMap((loss, i) => [stepRow(2 * i + 1, {loss}), ...(second ? [stepRow(2 * i + 2, {loss: second[i] ?? NaN, optimizer: 1})] : [])]);
  const found = new LossEnds();
  folder.steps(rows.slice(0, 7));
  const reader = openRun(folder.dir);
  found.diverged(reader, 'running');
  folder.steps(rows.slice(7)).end().exit({exitCode: failed ? 1 : 0});
  reader.refresh();
  return {diverged: found.diverged(reader, reader.status()), last: found.last(reader), reader};
}

describe('what the panel says of a training is what its summary says', () => {
  it.each<[string, boolean, number[], Parameters<typeof told>[1]]>([
    ['doubled without a finding', true, times(60, (step) => 1 + step / 20), {}],
    ['doubled in between', false, times(90, (step) => (step > 30 && step < 60 ? 9 : 1)), {}],
    ['just short of twice', false, times(60, (step) => (step > 40 ? 1.99 : 1)), {}],
    ['fewer steps than a window', false, times(15, (step) => step), {}],
    ['a window and a half, the later half risen', true, times(30, (step) => (step > 15 ? 20 : 1)), {}],
    ['NaN at last', true, times(50, (step) => (step === 50 ? NaN : 1 / step)), {}],
    ['NaN in between', false, times(50, (step) => (step === 25 ? NaN : 1 / step)), {}],
    ['a negative loss that rose by more than its size', true, times(60, (step) => (step > 40 ? 0.5 : -1)), {}],
    ['the second of two optimizers', true, times(60, () => 1), {second: times(60, (step) => step)}],
    ['an optimizer without losses beside one with', false, times(60, () => 1), {second: times(60, () => NaN)}],
    ['no loss at all', false, times(60, () => NaN), {}],
    ['exploded, and the process failed', true, times(60, () => 1), {events: [explosion(9)], failed: true}],
    ['exploded and came back', false, times(60, () => 1), {events: [explosion(9)]}],
  ])('%s', (_, expected, losses, parts) => {
    const {diverged, last, reader} = told(losses, parts);
    const summary = summarizeRun(reader);
    expect(diverged).toBe(expected);
    expect(summary.diverged).toBe(expected);
    expect(last).toEqual(summary.loss.last);
  });
});

import {join} from 'node:path';
import {stripVTControlCharacters} from 'node:util';
import {describe, expect, it} from 'vitest';
import {progressBar} from '../../../src/cli/runtimeCommand';
import {summaryText} from '../../../src/cli/summaryText';
import {tableText} from '../../../src/cli/table';
import {findingText, progressText, shortNumber, shortTime} from '../../../src/cli/texts';
import {accuracyOf, differencesTable, runsTable} from '../../../src/cli/trialTable';
import type {Finding} from '../../../src/protocol/finding';
import type {RunSummary} from '../../../src/protocol/runSummary';
import type {TrialRun} from '../../../src/session/trialSummary';

const finding: Finding = {
  id: 'f1', rule: 'exploding', severity: 'error', onsetStep: 41, step: 44, layer: 'dense_2', parameter: 'dense_2/kernel',
  site: {file: join(process.cwd(), 'model', 'net.js'), line: 12, column: 5}, value: 1e9, baseline: 1, message: 'It grew.', confidence: 1,
};

function summary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    run: 'r1', status: 'finished', exitCode: 0, signal: null, store: join(process.cwd(), '.singscope'), children: [], backend: null, seed: 1,
    sing: {mode: 'off', centralize: true, normalize: 'norm', softplus: true, lookahead: true, weightDecay: 0, excluded: []},
    steps: 60, skippedSteps: 0, loss: {first: 2.302, last: 0.5, min: 0.4}, metrics: {}, diverged: false, stepMs: {median: 12.34, p95: 20}, overheadPct: 1, sampled: {steps: 12, every: 5},
    memory: {numTensors: {first: 1, last: 1, max: 1}, bytes: {first: 1, last: 1, max: 1}, rss: {first: 1, last: 1, max: 1}, heap: {first: 1, last: 1, max: 1}},
    parameters: [], layers: [], network: {gradient: null}, findings: [], notices: [], dropped: {frames: 0, spikes: 0}, ...changes,
  };
}

const trialRun = (seed: number, finalLoss: number | null, changes: Partial<RunSummary> = {}): TrialRun => ({seed, finalLoss, summary: summary(changes)}) as TrialRun;

describe('numbers and times', () => {
  it.each([[null, '–'], [0, '0'], [1.23456, '1.235'], [1e-5, '1.00e-5'], [2.5e7, '2.50e+7'], [NaN, 'NaN'], [-Infinity, '-Infinity']])('%s is %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });

  it.each([[0, '0 s'], [99, '99 s'], [150, '3 min'], [7200, '2 h'], [200_000, '2 d']])('%d seconds are %s', (seconds, text) => {
    expect(shortTime(seconds)).toBe(text);
  });
});

describe('progress', () => {
  it('tells step, total, speed, loss and time left as far as they are known', () => {
    const state = {id: 'r', step: 120, total: 300, stepsPerSecond: 8.4321, secondsLeft: 21.3, loss: 0.23123};
    expect(progressText(state)).toBe('step 120/300  8.43 steps/s  loss 0.2312  21 s left');
    expect(progressText({...state, total: null, stepsPerSecond: null, secondsLeft: null, loss: NaN})).toBe('step 120  loss NaN');
  });

  it('draws a bar where bytes are counted', () => {
    expect(progressBar({phase: 'download', detail: 'wheel', done: 137e6, total: 274e6})).toBe(`Downloading wheel  ${'█'.repeat(12)}${'░'.repeat(12)}  137/274 MB`);
    expect(progressBar({phase: 'compile', detail: 'ops', done: null, total: null})).toBe('Compiling ops');
  });
});

describe('a finding', () => {
  it('stands in one line with its place in the code', () => {
    expect(stripVTControlCharacters(findingText(finding))).toBe(`error exploding at step 41, dense_2/kernel, ${join('model', 'net.js')}:12:5: It grew.`);
  });

  it('names no place where none is to blame', () => {
    expect(stripVTControlCharacters(findingText({...finding, layer: null, parameter: null, site: null}))).toBe('error exploding at step 41: It grew.');
  });
});

describe('the summary of a run', () => {
  it('tells how it ended and what came of it', () => {
    const text = stripVTControlCharacters(summaryText(summary({
      status: 'crashed', exitCode: null, signal: 'SIGKILL', findings: [finding], metrics: {val_acc: {last: 0.9, best: 0.95, step: 50}}, notices: [{code: 'x', message: 'Note.'}], diverged: true,
    })));
    expect(text).toContain('Run r1 crashed (killed by SIGKILL) after 60 steps');
    expect(text).toContain('2.302 → 0.5 (lowest 0.4)  diverged');
    expect(text).toContain('0.9 (best 0.95 at step 50)');
    expect(text).toContain(`dense_2/kernel, ${join('model', 'net.js')}:12:5`);
    expect(text).toContain('Note. (x)');
    expect(text).toMatch(/^ {2}report +\S.* report r1$/m);
  });

  it('names a store that is not found from here', () => {
    expect(summaryText(summary({store: '/elsewhere/store'}))).toMatch(/ report r1 --store \/elsewhere\/store$/);
  });
});

describe('the table of a trial', () => {
  it('has a row for each run, findings with file and line', () => {
    const rows = stripVTControlCharacters(runsTable([
      {name: 'off', runs: [trialRun(1, NaN, {diverged: true, findings: [finding]}), trialRun(2, 2.3, {status: 'failed'})]},
      {name: 'on', runs: [trialRun(1, 0.51234, {metrics: {acc: {last: 0.9, best: 0.96, step: 3}}})]},
    ])).split('\n').filter((line) => /^│ (off|on)/.test(line)).map((line) => line.split('│').map((cell) => cell.trim()));
    expect(rows[0]).toEqual(['', 'off', '1', 'NaN', '–', 'yes', '12.3', `exploding at step 41, ${join('model', 'net.js')}:12:5`, '']);
    expect(rows[1]).toEqual(['', 'off', '2', '2.3', '–', 'failed', '12.3', 'none', '']);
    expect(rows[2]).toEqual(['', 'on', '1', '0.5123', '0.9', 'no', '12.3', 'none', '']);
  });

  it('takes validation accuracy before that of training', () => {
    const metrics = {acc: {last: 1, best: 1, step: 1}, val_acc: {last: 0.7, best: 0.8, step: 1}};
    expect(accuracyOf(summary({metrics}))).toBe(0.7);
    expect(accuracyOf(summary())).toBeNull();
  });

  it('pairs the seeds', () => {
    const text = stripVTControlCharacters(differencesTable([trialRun(1, 2), trialRun(2, NaN, {diverged: true}), trialRun(3, 1)], [trialRun(1, 1.5), trialRun(2, 1)], 'full'));
    expect(text).toMatch(/1 +│ 2 +│ 1\.5 +│ 0\.5/);
    expect(text).toMatch(/2 +│ diverged │ 1 +│ full better/);
    expect(text).not.toMatch(/│ 3 +│/);
  });
});

describe('tableText', () => {
  it('draws no rule between rows', () => {
    const lines = stripVTControlCharacters(tableText(['a', 'b'], [[1, 'x'], [2, 'y']])).split('\n');
    expect(lines.filter((line) => line.startsWith('├'))).toHaveLength(1);
    expect(lines).toHaveLength(6);
  });
});

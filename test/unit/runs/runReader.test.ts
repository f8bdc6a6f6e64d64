import {appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {openRun} from '../../../src/runs/runReader';
import {RunError} from '../../../src/runs/runError';
import {parameterOf, parameterRow, RunFolder, stepRow, temporaryStore} from '../../support/runFolder';

const finding = {
  id: 'f1', rule: 'spike' as const, severity: 'warning' as const, onsetStep: 2, step: 2, layer: 'dense_1', parameter: 'dense_1/kernel',
  site: {file: '/x/model.js', line: 3, column: 5}, value: Infinity, baseline: 0.3, message: 'the gradient jumped', confidence: 0.9,
};

function small(): RunFolder {
  return new RunFolder(temporaryStore(), '20261124-101500-a1b2')
    .parameters(parameterOf(0, 'dense_1/kernel'), parameterOf(1, 'dense_1/bias', {shape: [3], kind: 'vector'}))
    .steps([stepRow(1), stepRow(2, {loss: NaN})])
    .rows([parameterRow(1, 0, {norm: 5}), parameterRow(1, 1), parameterRow(2, 0, {norm: 7, nan: 2}), parameterRow(2, 1)])
    .histograms([{step: 2, parameter: 1, bins: [4, 5], counts: [1, 2]}])
    .event({type: 'metric', step: 2, source: 'epoch', epoch: 0, batch: null, values: {acc: 0.5, loss: NaN}}, {type: 'finding', finding})
    .end();
}

test('what was written is read, by step, parameter and name', () => {
  const reader = openRun(small().dir);
  expect(Array.from(reader.steps.column('step'))).toEqual([1, 2]);
  expect(reader.steps.column('loss')[1]).toBeNaN();
  expect(Array.from(reader.series(0).column('norm'))).toEqual([5, 7]);
  expect(Array.from(reader.series(0).column('nan'))).toEqual([0, 2]);
  expect(Array.from(reader.series(1).column('step'))).toEqual([1, 2]);
  expect(reader.histograms(1)).toEqual([{step: 2, bins: Uint16Array.of(4, 5), counts: Uint32Array.of(1, 2)}]);
  expect(reader.histograms(0)).toEqual([]);
  expect(reader.parameters.map((parameter) => parameter.name)).toEqual(['dense_1/kernel', 'dense_1/bias']);
  expect(reader.findings).toEqual([finding]);
  expect(reader.metrics.get('acc')?.whole.column('value')[0]).toBe(0.5);
  expect(reader.lastEvent('end')?.exitCode).toBe(0);
  expect(reader.notices).toEqual([]);
});

test('refresh reads what is new, once, and says whether there was something', () => {
  const folder = small();
  const reader = openRun(folder.dir);
  expect(reader.refresh()).toBe(false);
  for (let step = 3; step < 300; step++) {
    folder.steps([stepRow(step)]).rows([parameterRow(step, 0, {norm: step})]);
    if (step % 50 === 0) expect(reader.refresh()).toBe(true);
  }
  reader.refresh();
  expect(Array.from(reader.steps.column('step'))).toEqual(Array.from({length: 299}, (_, i) => i + 1));
  expect(reader.series(0).column('norm').at(-1)).toBe(299);
  expect(reader.refresh()).toBe(false);
});

test('a run cut at any byte of any file is read up to there, and says so', () => {
  const folder = small();
  const whole = openRun(folder.dir);
  folder.exit({exitCode: null, signal: 'SIGKILL'});
  for (const file of ['events', 'steps', 'parameters', 'histograms'] as const) {
    const bytes = readFileSync(folder.path(file));
    for (let length = bytes.length - 1; length >= 0; length--) {
      truncateSync(folder.path(file), length);
      const reader = openRun(folder.dir);
      const what = `${file} cut at ${length}`;
      expect(reader.steps.length, what).toBe(file === 'steps' ? 0 : 2);
      expect(reader.series(0).length, what).toBe(file === 'parameters' ? 0 : 2);
      expect(reader.histograms(1).length, what).toBe(file === 'histograms' ? 0 : 1);
      expect(reader.parameters.length, what).toBe(file === 'events' ? Math.min(2, bytes.subarray(0, length).toString('utf8').split('\n').length - 1) : whole.parameters.length);
      expect(reader.status(), what).toBe('crashed');
      const codes = new Set(reader.notices.map((notice) => notice.code));
      expect([...codes].filter((code) => code !== 'damaged-record'), what).toEqual([]);
      if (file === 'events' && length > 0 && bytes[length - 1] !== 0x0a) expect(reader.notices[0]?.message, what).toMatch(/events.jsonl ends in the middle/);
    }
    writeFileSync(folder.path(file), bytes);
  }
}, 300_000);

test('missing files are a run that recorded nothing yet', () => {
  const folder = new RunFolder(temporaryStore(), '20261124-101500-a1b2');
  const reader = openRun(folder.dir);
  expect(reader.steps.length).toBe(0);
  expect(reader.parameters).toEqual([]);
  expect(reader.notices).toEqual([]);
});

test('damaged lines are left out and counted, lines of later kinds skipped in silence', () => {
  const folder = small();
  appendFileSync(folder.path('events'), 'not json\n{"type":"end"}\n{"type":"constellation","x":1}\n\n{"type":"notice","code":"a","message":"b"}\n');
  const {notices} = openRun(folder.dir);
  expect(notices).toEqual([{code: 'a', message: 'b'}, {code: 'damaged-record', message: '2 lines of events.jsonl can\'t be read and are left out'}]);
});

test('a damaged table shows what stands before the damage', () => {
  const folder = small();
  appendFileSync(folder.path('steps'), Buffer.alloc(40, 1));
  folder.steps([stepRow(3)]);
  const reader = openRun(folder.dir);
  expect(reader.steps.length).toBe(2);
  expect(reader.notices.map(({message}) => message)).toEqual(['steps.arrow is damaged; what was written before the damage is shown']);
});

test.each<[string, string, (folder: RunFolder) => void, RegExp]>([
  ['missing', 'no folder', (folder) => { rmSync(folder.dir, {recursive: true}); }, /is no run folder .*runs list/],
  ['missing', 'no run.json', (folder) => { rmSync(folder.path('launch')); }, /has no run.json/],
  ['corrupt', 'half a run.json', (folder) => { truncateSync(folder.path('launch'), 40); }, /run.json of run \S+ is damaged \(not JSON\); remove/],
  ['corrupt', 'an empty run.json', (folder) => { truncateSync(folder.path('launch'), 0); }, /not JSON/],
  ['corrupt', 'another JSON', (folder) => { writeFileSync(folder.path('launch'), '[]'); }, /is damaged/],
  ['corrupt', 'a run.json that is a folder', (folder) => { rmSync(folder.path('launch')); mkdirSync(folder.path('launch')); }, /can't be read/],
  ['newer-format', 'a later format', (folder) => { writeFileSync(folder.path('launch'), '{"format":9,"else":true}'); },
    /^run 20261124-101500-a1b2 was written by a newer SINGscope \(format 9\); update singscope to read it$/],
])('%s: %s', (code, _what, spoil, message) => {
  const folder = small();
  spoil(folder);
  let error: unknown;
  try {
    openRun(folder.dir);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(RunError);
  expect((error as RunError).code).toBe(code);
  expect((error as RunError).message).toMatch(message);
  expect((error as RunError).message).not.toContain('\n');
});

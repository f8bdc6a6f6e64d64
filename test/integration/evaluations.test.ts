import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunEvent, RunEventOf} from '../../src/protocol/events';
import {runFiles} from '../../src/protocol/runFolder';
import type {RunSummary} from '../../src/protocol/runSummary';
import {singscope} from '../support/singscope';
import {script} from './commandLineRun';

let store = '';
beforeAll(() => { store = join(mkdtempSync(join(tmpdir(), 'singscope-evaluations-')), '.singscope'); });
afterAll(() => { rmSync(join(store, '..'), {recursive: true, force: true}); });

/** What a script says after a word, and the metrics that were recorded of it. */
async function observe(name: string, word: string, ...args: string[]): Promise<{said: unknown; metrics: RunEventOf<'metric'>[]}> {
  const {stdout, stderr} = await singscope(['run', '--json', '--store', store, script(name), '--', ...args]);
  const {run} = JSON.parse(stdout) as RunSummary;
  const lines = readFileSync(join(store, 'runs', run, runFiles.events), 'utf8').trim().split('\n');
  const metrics = lines.map((line) => JSON.parse(line) as RunEvent).filter((event) => event.type === 'metric');
  const said: unknown = JSON.parse(new RegExp(`^${word} (.*)$`, 'm').exec(stderr)?.[1] ?? 'null');
  return {said, metrics};
}

test.each(['fit', 'fitDataset', 'validatedDataset', 'validatedTensors'])('%s: what the script evaluates in a callback is recorded, and its validation by its epoch alone', async (kind) => {
  const {said, metrics} = await observe('evaluatesInFit.js', 'losses', kind);
  expect(metrics.filter(({source}) => source === 'evaluate').map(({values}) => values['loss'])).toEqual(said);
  const epochs = metrics.filter(({source}) => source === 'epoch').map(({values}) => values['val_loss']);
  if (kind.startsWith('validated')) expect(epochs).toEqual(said);
  else expect(epochs.map((loss) => typeof loss)).toEqual(kind === 'fit' ? ['number', 'number', 'number'] : ['undefined', 'undefined', 'undefined']);
});

test('of several outputs each number has its own name', async () => {
  const {said, metrics} = await observe('evaluatesOutputs.js', 'expected');
  const expected = said as Record<string, number>;
  expect(metrics).toHaveLength(1);
  const {values} = metrics[0] as RunEventOf<'metric'>;
  expect(Object.keys(values)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expect(values[name], name).toBeCloseTo(value, 5);
});

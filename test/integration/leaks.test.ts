import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {RunSummary} from '../../src/protocol/runSummary';
import {openRun} from '../../src/runs/runReader';
import {singscopeJson} from '../support/singscope';
import {script} from './commandLineRun';

let store = '';
beforeAll(() => { store = join(mkdtempSync(join(tmpdir(), 'singscope-leaks-')), '.singscope'); });
afterAll(() => { rmSync(join(store, '..'), {recursive: true, force: true}); });

const file = script('leaks.js');
const observe = (training: string): Promise<RunSummary> => singscopeJson<RunSummary>(['run', file, '--seed', '1', '--json', '--store', store, '--', training]);

function lineOf(training: string): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const from = lines.findIndex((line) => new RegExp(`^ {2}(?:async )?${training}\\(`).test(line));
  return lines.findIndex((line, at) => at > from && line.endsWith('// leaks')) + 1;
}

test.each(['twoLines', 'gradients', 'batches', 'callback'])('%s: the leak is found within 100 steps, at the line that makes the tensors', async (training) => {
  const {findings, run, memory} = await observe(training);
  expect(findings).toMatchObject([{rule: 'leak', severity: 'warning', layer: null, site: {file, line: lineOf(training)}}]);
  expect(findings[0]?.step).toBeLessThanOrEqual(100);
  expect(findings[0]?.message).toContain(`leaks.js:${lineOf(training)}`);
  // Followed for a few steps only, and its text is kept for the editor.
  const reader = openRun(join(store, 'runs', run));
  expect(reader.events('tensor-trace').length).toBeLessThanOrEqual(2);
  expect(reader.sources.get(file)?.text()).toContain('// leaks');
  expect(memory.heap.last).toBeGreaterThan(1e6);
});

test.each(['fit', 'fitOften', 'tidy'])('%s leaks nothing', async (training) => {
  expect((await observe(training)).findings).toEqual([]);
});

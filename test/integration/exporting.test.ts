import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {binEdges} from '../../src/protocol/histogram';
import type {RunSummary} from '../../src/protocol/runSummary';
import {exportTables, type Table} from '../../src/runs/export/tables';
import {openRun, type RunReader} from '../../src/runs/runReader';
import {startChromium} from '../support/chromium';
import {packageRoot} from '../support/managedRuntime';
import {PanelInBrowser} from '../support/panelPage';
import {pythonJson, pythonWithReaders} from '../support/python';
import {RunFolder, parameterOf, parameterRow, stepRow} from '../support/runFolder';
import {singscope, singscopeJson} from '../support/singscope';
import {script} from './commandLineRun';

// What is exported is read back by the programs that it is for, and held against the run folder.

let folder = '';
let store = '';
let python = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'singscope export '));
  store = join(folder, '.singscope');
  python = pythonWithReaders();
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

const code = (file: string): string => readFileSync(join(packageRoot, 'test/fixtures/python', file), 'utf8');

async function exported(id: string, form: string): Promise<string> {
  const {code: exit, stdout} = await singscope(['export', id, '--to', form, '--store', store]);
  expect(exit).toBe(0);
  return stdout.trim();
}

/** A run with what is hard to write: non-finite numbers, names with commas, quotes and line ends, many parameters, no batches. */
function hardRun(): RunReader {
  hard ??= makeHardRun();
  return hard;
}

let hard: RunReader | null = null;
function makeHardRun(): RunReader {
  const run = new RunFolder(store, '20261130-100000-hard');
  const parameters = ['dense,1/kernel', 'say "hi"/bias', 'two\nlines/κ', 'plain/kernel'].map((name, index) => parameterOf(index, name));
  run.parameters(...parameters);
  for (let step = 1; step <= 40; step++) {
    const broken = step > 30;
    run.steps([stepRow(step, {loss: broken ? NaN : 1 / step, norm: broken ? Infinity : 1e-300 * step, bytes: 2 ** 40})]);
    // Of one parameter a sampled row is missing, as thinning leaves it.
    run.rows(parameters.filter(({index}) => index !== 3 || step !== 6).map(({index}) => parameterRow(step, index, {mean: -1e-310 / step, min: -3.4028234663852886e38, norm: broken ? Infinity : 1e300, nan: broken ? 4_000_000_000 : 0})));
    if (step % 5 === 1) run.histograms(parameters.map(({index}) => ({step, parameter: index, bins: [0, 1, 2, 300, 511, 512, 800, 1022], counts: [1, 2, 3, 4, 5, 6, 7, 4_000_000_000]})));
  }
  run.event({type: 'metric', step: 10, source: 'epoch', epoch: 0, batch: null, values: {val_acc: 0.5, 'f1, macro': NaN}});
  run.event({type: 'metric', step: 3, source: 'batch', epoch: 0, batch: 2, values: {acc: 0.25}});
  run.event({type: 'finding', finding: {
    id: 'f1', rule: 'non-finite', severity: 'error', onsetStep: 31, step: 31, layer: 'dense,1', parameter: 'dense,1/kernel', site: {file: '/tmp/a "b".js', line: 3, column: 5},
    value: NaN, baseline: null, message: 'gone\nto NaN, "at once"', confidence: 1,
  }});
  return openRun(run.end().exit().dir);
}

/** Numbers as Python's `repr` has them cannot be matched by text; they are read back. */
function numberOf(text: unknown): number {
  const known: Record<string, number> = {nan: NaN, inf: Infinity, '-inf': -Infinity};
  return known[String(text)] ?? Number(text);
}

function expectTable({columns, chunks}: Table, found: Record<string, unknown[]>): void {
  expect(Object.keys(found)).toEqual(columns.map(({name}) => name));
  const parts = [...chunks()];
  for (const {name, kind} of columns) {
    const expected = parts.flatMap((chunk): unknown[] => Array.from(chunk[name] as ArrayLike<unknown>));
    const got = (found[name] ?? []).map((value) => (kind === 'text' ? value : numberOf(value)));
    expect(got, name).toEqual(expected);
  }
}

describe.each(['csv', 'parquet'])('%s', (form) => {
  test.each(['hard', 'real'])('of a %s run is read back by pyarrow and DuckDB as it was recorded', async (which) => {
    const run = which === 'hard' ? hardRun() : await realRun();
    const dir = await exported(run.id, form);
    expect(dir).toBe(join(run.dir, 'export', form));
    const found = await pythonJson<Record<string, [Record<string, unknown[]>, Record<string, unknown[]>]> & {filtered: number}>(python, code('read_tables.py'), [dir, form]);
    for (const table of exportTables(run)) {
      for (const columns of found[table.name] ?? []) expectTable(table, columns);
    }
    // Statistics of the row groups must not hide rows from a query.
    if (form === 'parquet' && which === 'hard') expect(found.filtered).toBe(40);
  });
});

let real: RunReader | null = null;
async function realRun(): Promise<RunReader> {
  if (real === null) {
    const {run} = await singscopeJson<RunSummary>(['run', script('fitDense.js'), '--sing', 'on', '--seed', '1', '--json', '--store', store]);
    real = openRun(join(store, 'runs', run));
  }
  return real;
}

interface Events {
  fileVersion: number;
  scalars: Record<string, [number, number, string][]>;
  histograms: Record<string, {step: number; min: number; max: number; num: number; sum: number; sumSquares: number; limits: number[]; counts: number[]}[]>;
}

describe('TensorBoard', () => {
  test.each(['hard', 'real'])('reads the events of a %s run', async (which) => {
    const run = which === 'hard' ? hardRun() : await realRun();
    const {fileVersion, scalars, histograms} = await pythonJson<Events>(python, code('read_events.py'), [await exported(run.id, 'tensorboard')]);
    expect(fileVersion).toBe(2);
    const valuesOf = (tag: string): number[] => (scalars[tag] ?? []).map(([, , value]) => numberOf(value));
    const stepsOf = (tag: string): number[] => (scalars[tag] ?? []).map(([step]) => step);
    expect(stepsOf('loss')).toEqual(Array.from(run.steps.column('step')));
    expect(valuesOf('loss')).toEqual(Array.from(run.steps.column('loss'), Math.fround));
    expect((scalars.loss ?? []).map(([, time]) => time)).toEqual(Array.from(run.steps.column('time'), (time) => time / 1000));
    expect(valuesOf('gradient_norm/total')).toEqual(Array.from(run.steps.column('norm'), Math.fround));
    for (const {index, name} of run.parameters) {
      const series = run.series(index);
      for (const [tag, column] of [['gradient_norm', 'norm'], ['gradient_mean', 'mean'], ['gradient_std', 'std'], ['gradient_norm_after_SING', 'normAfter']] as const) {
        expect(stepsOf(`${tag}/${name}`)).toEqual(Array.from(series.column('step')));
        expect(valuesOf(`${tag}/${name}`), tag).toEqual(Array.from(series.column(column), Math.fround));
      }
      const drawn = histograms[`gradient/${name}`] ?? [];
      expect(drawn.map(({step}) => step)).toEqual(run.histograms(index).map(({step}) => step));
      run.histograms(index).forEach(({bins, counts, step}, i) => {
        const event = drawn[i];
        const finite = Array.from(bins).map((bin, at) => ({...binEdges(bin), count: counts[at] ?? 0})).filter(({low, high}) => Number.isFinite(low + high));
        expect(event?.num).toBe(finite.reduce((sum, {count}) => sum + count, 0));
        expect(event?.counts.reduce((sum, count) => sum + count, 0)).toBe(event?.num);
        expect(event?.limits).toEqual([...(event?.limits ?? [])].sort((a, b) => a - b));
        for (const {high, count} of finite) expect(event?.limits.some((limit, at) => limit === high && (event.counts[at] ?? 0) >= Math.min(count, 1))).toBe(true);
        const row = Array.from(series.column('step')).indexOf(step);
        if (row >= 0) expect([event?.min, event?.max]).toEqual([series.column('min')[row], series.column('max')[row]]);
        else expect([event?.min, event?.max]).toEqual([Math.min(...finite.map(({low}) => low)), Math.max(...finite.map(({high}) => high))]);
      });
    }
    for (const name of run.metrics.names) expect(valuesOf(`metrics/${name}`).length).toBeGreaterThan(0);
  });
});

describe('a run that another program wrote, by docs/format.md', () => {
  test('lists, shows, exports, reports and opens in the panel like any other', async () => {
    const program = join(packageRoot, 'examples/python/write_run.py');
    expect(readFileSync(program, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(40);
    await promisify(execFile)(python, [program, store]);
    const id = '20261130-120000-py01';
    const listed = await singscopeJson<{runs: {run: string; status: string}[]}>(['runs', '--json', '--store', store]);
    expect(listed.runs.find(({run}) => run === id)?.status).toBe('finished');
    const summary = await singscopeJson<RunSummary>(['runs', 'show', id, '--json', '--store', store]);
    expect(summary).toMatchObject({status: 'finished', steps: 200, diverged: false, notices: []});
    expect(summary.parameters.map(({name, layer}) => [name, layer])).toEqual([['line/slope', 'line'], ['line/bias', 'line']]);
    expect(summary.loss.last).toBeLessThan(summary.loss.first ?? 0);
    for (const form of ['csv', 'parquet', 'tensorboard']) await exported(id, form);
    const report = await singscope(['report', id, '--open', 'no', '--store', store]);
    expect(report.code).toBe(0);
    expect(readFileSync(report.stdout.trim(), 'utf8')).toContain('line/slope');
    const browser = await startChromium();
    const panel = await PanelInBrowser.open(browser, {kind: 'run', store, run: id});
    expect((await panel.line('loss', 'loss')).x.length).toBe(200);
    expect(await panel.page.locator('.badge').allInnerTexts()).toEqual(['Finished']);
    expect(panel.troubles).toEqual([]);
    await panel.close();
    await browser.close();
  });
});

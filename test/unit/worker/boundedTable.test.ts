import {existsSync, mkdtempSync, readdirSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parametersSchema, stepsSchema} from '../../../src/protocol/tables';
import {FollowedTable} from '../../../src/runs/followedTable';
import {BoundedTable} from '../../../src/worker/thinning/boundedTable';
import {keptRows} from '../../../src/worker/thinning/keptRows';

const PARAMETERS = 3;
const STEPS = 60_000;
const BOUND = {key: 'parameter', extremes: ['mean', 'std', 'min', 'max', 'norm', 'normAfter', 'zeros', 'nan', 'negInf', 'posInf'], rows: 24_000, steps: 0};
const KEPT = [{first: 1, last: 100}, {first: 20_000, last: 20_080}];

interface Rows {
  step: number[];
  [column: string]: number[];
}

/** A sequence that looks random, the same each time. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Now and then something happens to one number of one row. */
function rowOf(step: number, parameter: number, random: () => number): number[] {
  const row = [step, parameter, random(), 1 + random(), -1 - random(), 1 + random(), 2 + random(), 2 + random(), 0, 0, 0, 0];
  if (random() < 0.0005) row[2 + Math.floor(random() * 6)] = 100 * random() - 50;
  if (random() < 0.0002) row[9] = 1 + Math.floor(random() * 5);
  if (random() < 0.0002) row[2] = NaN;
  return row;
}

function append(table: BoundedTable, rows: readonly number[][]): void {
  const types = parametersSchema.fields.map(({type}) => (type as unknown as {ArrayType: new (length: number) => Float64Array}).ArrayType);
  table.append(rows.length, types.map((type, column) => {
    const values = new type(rows.length);
    rows.forEach((row, at) => { values[at] = row[column] ?? NaN; });
    return values;
  }));
}

function readAll(table: FollowedTable, into: Map<number, Rows>): void {
  for (const {rows, numbers} of table.read()) {
    for (let row = 0; row < rows; row++) {
      const parameter = numbers.parameter?.[row] ?? -1;
      let series = into.get(parameter);
      if (!series) into.set(parameter, (series = Object.fromEntries(parametersSchema.fields.map(({name}) => [name, []])) as unknown as Rows));
      for (const {name} of parametersSchema.fields) series[name]?.push(numbers[name]?.[row] ?? NaN);
    }
  }
}

test('a table stays within its bound; what is extreme, late, early or asked for stays, and who follows it sees every row once', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'singscope-table-')), 'parameters.arrow');
  const table = new BoundedTable(path, parametersSchema, BOUND);
  const random = noise(5);
  const follower = new FollowedTable(path, parametersSchema, 'parameter');
  const followed = new Map<number, Rows>();
  const truth: number[][][] = Array.from({length: PARAMETERS}, () => []);
  const announced: {last: number; at: number}[] = [];
  let most = 0;
  let thinned = 0;
  let size = 0;
  for (let step = 1; step <= STEPS; step += 10) {
    const rows = Array.from({length: 10 * PARAMETERS}, (_, i) => rowOf(step + Math.floor(i / PARAMETERS), i % PARAMETERS, random));
    for (const row of rows) truth[row[1] ?? 0]?.push(row);
    append(table, rows);
    table.tidy(step + 9, KEPT, (last) => announced.push({last, at: statSync(path).size}));
    const {size: now} = statSync(path);
    if (now < size) {
      thinned++;
      // Said while the whole table was still there.
      expect(announced.length).toBe(thinned);
      expect(announced.at(-1)?.at).toBeGreaterThan(now);
    }
    size = now;
    most = Math.max(most, size);
    if (step % 70 === 1) readAll(follower, followed);
  }
  readAll(follower, followed);
  const whole = new Map<number, Rows>();
  readAll(new FollowedTable(path, parametersSchema, 'parameter'), whole);
  table.close();

  expect(thinned).toBeGreaterThan(5);
  const rows = [...whole.values()].reduce((sum, {step}) => sum + step.length, 0);
  expect(rows).toBeLessThan(1.5 * BOUND.rows);
  // Each row of 80 bytes, in batches of 30 that have some hundreds more; and what came while it was being thinned.
  expect(most).toBeLessThan(1.5 * BOUND.rows * 120);
  const bySteps = [...whole.values()].map(({step}) => new Set(step));
  const through = announced.at(-1)?.last ?? 0;
  for (let step = through + 1; step <= STEPS; step++) expect(bySteps.every((steps) => steps.has(step)), `step ${step}`).toBe(true);
  // Most of what is kept are whole steps, the oldest included.
  const [first] = bySteps;
  for (const [from, to] of [[1, STEPS / 4], [STEPS / 4, STEPS / 2], [STEPS / 2, through]] as const) {
    const kept = [...first ?? []].filter((step) => step >= from && step < to);
    expect(kept.filter((step) => bySteps.every((steps) => steps.has(step))).length).toBeGreaterThan(kept.length / 4);
  }
  for (const [parameter, all] of truth.entries()) {
    const series = whole.get(parameter) ?? {step: []};
    const seen = followed.get(parameter) ?? {step: []};
    expect(seen.step).toEqual(all.map((row) => row[0]));
    expect(seen.norm).toEqual(all.map((row) => row[6]));
    const steps = new Set(series.step);
    expect(series.step.length).toBe(steps.size);
    expect(series.step.every((step, at) => at === 0 || step > (series.step[at - 1] ?? 0))).toBe(true);
    for (const span of [...KEPT, {first: STEPS - 500, last: STEPS}]) for (let step = span.first; step <= span.last; step++) expect(steps.has(step), `step ${step}`).toBe(true);
    for (const [at, name] of BOUND.extremes.entries()) {
      const [before, after] = [all.map((row) => Math.fround(row[2 + at] ?? NaN)), (series[name] ?? []).map(Math.fround)];
      const finite = before.filter(Number.isFinite);
      expect(Math.min(...after.filter(Number.isFinite)), name).toBe(Math.min(...finite));
      expect(Math.max(...after.filter(Number.isFinite)), name).toBe(Math.max(...finite));
    }
    // Also what stands out among the steps around it, the wider the older they are.
    const norms = all.map((row) => row[6] ?? NaN);
    norms.forEach((norm, at) => {
      if (norm < 4) return;
      const reach = Math.ceil((STEPS - at) / 2);
      if (norm === Math.max(...norms.slice(Math.max(0, at - reach), at + reach))) expect(steps.has(at + 1), `the norm of step ${at + 1}`).toBe(true);
    });
    // What is kept is what was recorded.
    series.step.forEach((step, at) => { expect(series.std?.[at]).toBe(all[step - 1]?.[3]); });
  }
});

test('a table that is closed while it is being thinned is whole, and leaves no draft', () => {
  const dir = mkdtempSync(join(tmpdir(), 'singscope-table-'));
  const path = join(dir, 'steps.arrow');
  const bound = {key: 'optimizer', extremes: ['loss'], rows: 30_000, steps: 0};
  const table = new BoundedTable(path, stepsSchema, bound);
  const types = stepsSchema.fields.map(({type}) => (type as unknown as {ArrayType: new (length: number) => Float64Array}).ArrayType);
  for (let step = 1; step <= 30_001; step += 3) table.append(3, types.map((type, column) => new type(3).map((_, row) => (column === 0 ? step + row : 0))));
  table.tidy(30_003, [], () => undefined);
  expect(existsSync(`${path}.draft`)).toBe(true);
  table.close();
  expect(readdirSync(dir)).toEqual(['steps.arrow']);
  expect(new FollowedTable(path, stepsSchema, 'thread').read().reduce((sum, {rows}) => sum + rows, 0)).toBe(30_003);
});

test('of two networks that train in turn the steps of both are kept', () => {
  const steps = Float64Array.from({length: 4_096}, (_, row) => row + 1);
  const columns: Record<string, Float64Array> = {step: steps, optimizer: steps.map((step) => step % 2), loss: new Float64Array(steps.length)};
  const kept = keptRows(steps.length, (name) => columns[name]!, {key: 'optimizer', extremes: ['loss'], newest: 100_000, whole: 1_000, kept: []});
  const odd = kept.filter((row) => row % 2 === 1).length;
  expect(kept.length).toBeLessThan(100);
  expect(odd).toBeGreaterThan(kept.length / 5);
  expect(odd).toBeLessThan((kept.length * 4) / 5);
});

test('a step that stands out among its neighbours stays, however small it is against the beginning', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'singscope-table-')), 'steps.arrow');
  const table = new BoundedTable(path, stepsSchema, {key: 'optimizer', extremes: ['loss', 'norm'], rows: 12_000, steps: 0});
  const types = stepsSchema.fields.map(({type}) => (type as unknown as {ArrayType: new (length: number) => Float64Array}).ArrayType);
  const out = [1_800, 12_600, 30_000, 46_200, 59_700];
  const lossAt = (step: number): number => 6 * Math.exp(-step / 2_000) * (out.includes(step) ? 50 : 1);
  for (let step = 1; step <= STEPS; step += 10) {
    table.append(10, types.map((type, column) => new type(10).map((_, row) => (column === 0 ? step + row : stepsSchema.fields[column]?.name === 'loss' ? lossAt(step + row) : 0))));
    table.tidy(step + 9, [{first: 1, last: 100}], () => undefined);
  }
  table.close();
  const steps = new FollowedTable(path, stepsSchema, 'thread').read().flatMap(({numbers}) => Array.from(numbers.step ?? []));
  expect(steps.length).toBeLessThan(18_000);
  expect(out.filter((step) => !steps.includes(step))).toEqual([]);
});

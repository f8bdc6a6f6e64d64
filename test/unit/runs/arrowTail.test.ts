import {Field, Float32, Schema, Uint32} from 'apache-arrow';
import {appendFileSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {histogramsSchema, parametersSchema, stepsSchema} from '../../../src/protocol/tables';
import type {Batch} from '../../../src/runs/arrowBatch';
import {ArrowTail} from '../../../src/runs/arrowTail';
import {parameterRow, stepRow, streamBytes} from '../../support/runFolder';

const file = (): string => join(mkdtempSync(join(tmpdir(), 'singscope-arrow-')), 'data.arrow');
const stepsOf = (batches: Batch[]): number[] => batches.flatMap((batch) => Array.from(batch.numbers.step ?? []));

const three = [[stepRow(1), stepRow(2)], [stepRow(3, {loss: NaN, norm: Infinity})], [stepRow(4), stepRow(5), stepRow(6)]];
const bytes = streamBytes(stepsSchema, three);
const ends = three.map((_, i) => streamBytes(stepsSchema, three.slice(0, i + 1)).length);
const complete = (length: number): number => [2, 3, 6][ends.filter((end) => end <= length).length - 1] ?? 0;

test('a file cut at any byte gives the batches that are whole, and the rest once it is completed', () => {
  const path = file();
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    const tail = new ArrowTail(path, stepsSchema);
    expect(stepsOf(tail.read()), `cut at ${length}`).toEqual([1, 2, 3, 4, 5, 6].slice(0, complete(length)));
    expect(tail.damage, `cut at ${length}`).toBeNull();
    const torn = length > 0 && !ends.includes(length) && length !== streamBytes(stepsSchema, []).length;
    expect(tail.tornBytes > 0, `cut at ${length}`).toBe(torn);
    appendFileSync(path, bytes.subarray(length));
    expect(stepsOf(tail.read()), `completed from ${length}`).toEqual([1, 2, 3, 4, 5, 6].slice(complete(length)));
  }
});

test('appended byte by byte, each row is read once, with its values', () => {
  const path = file();
  const tail = new ArrowTail(path, stepsSchema);
  const batches: Batch[] = [];
  for (const byte of bytes) {
    appendFileSync(path, Uint8Array.of(byte));
    batches.push(...tail.read());
  }
  expect(stepsOf(batches)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(batches.map((batch) => batch.rows)).toEqual([2, 1, 3]);
  expect(batches[1]?.numbers.loss?.[0]).toBeNaN();
  expect(batches[1]?.numbers.norm?.[0]).toBe(Infinity);
  expect(batches[2]?.numbers.loss?.[2]).toBeCloseTo(1 / 6, 12);
});

test('a column that older versions lack may be missing, and no other; types must be the very ones', () => {
  const without = (name: string): Schema => new Schema(stepsSchema.fields.filter((field) => field.name !== name));
  const read = (schema: Schema): {rows: number; damage: string | null} => {
    const path = file();
    writeFileSync(path, streamBytes(schema, three));
    const tail = new ArrowTail(path, stepsSchema);
    return {rows: stepsOf(tail.read()).length, damage: tail.damage};
  };
  expect(read(without('heap'))).toEqual({rows: 6, damage: null});
  expect(read(without('norm')).damage).toMatch(/norm is missing/);
  const wide = new Schema(stepsSchema.fields.map((field) => (field.name === 'step' ? new Field('step', new Uint32(), false) : field)));
  expect(read(wide).damage).toMatch(/step is Uint32 and should be Int32/);
  const single = new Schema(stepsSchema.fields.map((field) => (field.name === 'norm' ? new Field('norm', new Float32(), false) : field)));
  expect(read(single).damage).toMatch(/norm is Float32 and should be Float64/);
});

test('lists keep their offsets', () => {
  const path = file();
  writeFileSync(path, streamBytes(histogramsSchema, [[
    {step: 1, parameter: 0, bins: [3, 700], counts: [10, 20]},
    {step: 2, parameter: 1, bins: [], counts: []},
    {step: 3, parameter: 0, bins: [5], counts: [4_000_000_000]},
  ]]));
  const [batch] = new ArrowTail(path, histogramsSchema).read();
  expect(Array.from(batch?.lists.bins?.offsets ?? [])).toEqual([0, 2, 2, 3]);
  expect(Array.from(batch?.lists.bins?.values.subarray(0, 3) ?? [])).toEqual([3, 700, 5]);
  expect(Array.from(batch?.lists.counts?.values.subarray(0, 3) ?? [])).toEqual([10, 20, 4_000_000_000]);
});

test('a stream with an end mark reads like one without', () => {
  const path = file();
  writeFileSync(path, Buffer.concat([bytes, Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)]));
  const tail = new ArrowTail(path, stepsSchema);
  expect(stepsOf(tail.read())).toEqual([1, 2, 3, 4, 5, 6]);
  expect(tail.tornBytes).toBe(0);
});

test('batches larger than a chunk of the reader arrive whole', () => {
  const path = file();
  const rows = Array.from({length: 90_000}, (_, i) => parameterRow(i + 1, 0));
  writeFileSync(path, streamBytes(parametersSchema, [rows.slice(0, 5), rows.slice(5)]));
  expect(stepsOf(new ArrowTail(path, parametersSchema).read())).toEqual(rows.map((row) => row.step));
});

test('after bytes that are no Arrow message nothing more is read, and the file is called damaged', () => {
  const path = file();
  writeFileSync(path, Buffer.concat([bytes.subarray(0, ends[0]), Buffer.alloc(64, 7), bytes.subarray(ends[0])]));
  const tail = new ArrowTail(path, stepsSchema);
  expect(stepsOf(tail.read())).toEqual([1, 2]);
  expect(tail.damage).toMatch(/no Arrow message/);
  expect(tail.read()).toEqual([]);
});

test('no flipped byte makes the reader throw or invent rows', () => {
  const path = file();
  for (let at = 0; at < bytes.length; at++) {
    const flipped = bytes.slice();
    flipped[at] = (flipped[at] ?? 0) ^ 0xff;
    writeFileSync(path, flipped);
    const batches = new ArrowTail(path, stepsSchema).read();
    expect(batches.length, `flipped ${at}`).toBeLessThanOrEqual(3);
    for (const batch of batches) {
      for (const column of Object.values(batch.numbers)) expect(column.length, `flipped ${at}`).toBe(batch.rows);
    }
  }
});

test('a file of other columns is damaged, a missing one is empty', () => {
  const path = file();
  const tail = new ArrowTail(path, parametersSchema);
  expect(tail.read()).toEqual([]);
  expect(tail.damage).toBeNull();
  writeFileSync(path, bytes);
  expect(tail.read()).toEqual([]);
  expect(tail.damage).toMatch(/column parameter is missing/);
});

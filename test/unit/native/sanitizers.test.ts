import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {binOfBits} from '../../../src/protocol/histogram';
import {type Answer, type Request, compileCore, runCore} from './coreRunner';
import {referenceMoments, referenceSing, rootMeanSquare} from './reference';

const sizes = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 1000, 4095, 4096, 4097, 1_000_003];
const scales = [1, 1e-3, 1e-38, 1e-44, 1e38];

let folder = '';
let sanitized = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-core-'));
  sanitized = join(folder, 'sanitized');
  compileCore(sanitized, ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all']);
});

afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

describe('the numeric core under the address and undefined-behaviour sanitizers', () => {
  it('has the moments of a float64 reference', () => {
    const cases = momentCases();
    const answers = runCore(sanitized, cases.map(({values}) => ({operation: 'moments', values})));
    cases.forEach(({name, values}, index) => { expectMoments(name, values, momentsIn(answers[index])); });
  });

  it('counts every value in its bin', () => {
    const cases = [...momentCases().filter(({values}) => values.length < 5000), {name: 'NaN of both signs', values: new Float32Array(Uint32Array.of(0x7fc00000, 0xffc00000, 0x7f800001).buffer)}];
    const answers = runCore(sanitized, cases.map(({values}) => ({operation: 'histogram', values})));
    cases.forEach(({name, values}, index) => {
      const expected = new Int32Array(1024);
      const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
      for (let i = 0; i < values.length; i++) {
        const bin = binOfBits(bits[i] as number);
        expected[bin] = (expected[bin] as number) + 1;
      }
      expect((answers[index] as {counts: Int32Array}).counts, name).toEqual(expected);
    });
  });

  it('transforms gradients of every layout as the formula says', () => {
    const requests = singCases();
    const answers = runCore(sanitized, requests);
    requests.forEach((request, index) => {
      const {rows, columns, centralize, normalize} = request;
      const name = `${rows} x ${columns}, centralize ${centralize}, normalize ${normalize}`;
      const expected = referenceSing(request.values, rows, columns, centralize, normalize, request.epsilon);
      const answer = answers[index] as {norm: number; values: Float32Array};
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expected.forEach((value, i) => {
        expect(Math.abs((answer.values[i] as number) - value), `${name}, element ${i}`).toBeLessThanOrEqual(1e-6 * Math.abs(value) + 1e-9 * largest + 1e-45);
      });
      const norm = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0));
      expect(Math.abs(answer.norm - norm), `${name}, norm`).toBeLessThanOrEqual(1e-9 * norm);
    });
  });

  it('lets a NaN spoil its own gradient, and leaves zeros zero', () => {
    const request = (values: number[], normalize: 0 | 1 | 2, epsilon: number): Request =>
      ({operation: 'sing', values: Float32Array.from(values), rows: 2, columns: 2, centralize: 1, normalize, epsilon});
    const [poisoned, zeros, constant] = runCore(sanitized, [request([1, NaN, 3, 4], 1, 1e-8), request([0, 0, 0, 0], 1, 0), request([5, 7, 5, 7], 2, 0)]) as {norm: number; values: Float32Array}[];
    expect([...poisoned?.values ?? []]).toEqual([NaN, NaN, NaN, NaN]);
    expect([...zeros?.values ?? []]).toEqual([0, 0, 0, 0]);
    expect([...constant?.values ?? []]).toEqual([0, 0, 0, 0]);
    expect([poisoned?.norm, zeros?.norm, constant?.norm]).toEqual([NaN, 0, 0]);
  });
});

it('computes the same bits with and without wide instructions', () => {
  const wide = join(folder, 'wide');
  const plain = join(folder, 'plain');
  compileCore(wide, ['-O3']);
  compileCore(plain, ['-O3', '-DSINGSCOPE_CLONES=']);
  const requests: Request[] = [...momentCases().map(({values}): Request => ({operation: 'moments', values})), ...singCases()];
  const bits = (answers: Answer[]): Uint8Array[] => answers.flatMap((answer) => Object.values(answer)
    .map((part: number | Float64Array | Float32Array | Int32Array) => (typeof part === 'number' ? new Uint8Array(Float64Array.of(part).buffer) : new Uint8Array(part.buffer))));
  const [first, second] = [bits(runCore(wide, requests)), bits(runCore(plain, requests))];
  expect(first.length).toBe(second.length);
  first.forEach((part, index) => { expect(Buffer.compare(part, second[index] as Uint8Array), `result ${index}`).toBe(0); });
});

interface MomentCase {
  name: string;
  values: Float32Array;
}

function momentCases(): MomentCase[] {
  const random = generator(7);
  const fill = (size: number, next: (i: number) => number): Float32Array => Float32Array.from({length: size}, (_, i) => next(i));
  const cases: MomentCase[] = [];
  for (const size of sizes) {
    for (const scale of size > 5000 ? [1, 1e38] : scales) cases.push({name: `${size} of ${scale}`, values: fill(size, () => (random() - 0.5) * 2 * scale)});
    cases.push({name: `${size}, small deviation around a large mean`, values: fill(size, () => 1e6 + random())});
    cases.push({name: `${size}, first element far out`, values: fill(size, (i) => (i === 0 ? 1e20 : 1e-3 * random()))});
    cases.push({name: `${size}, one in five not finite`, values: fill(size, (i) => [random(), NaN, 0, i % 2 ? Infinity : -Infinity, -random()][Math.floor(random() * 5)] as number)});
    cases.push({name: `${size}, not finite but for the last`, values: fill(size, (i) => (i === size - 1 ? 2.5 : NaN))});
    cases.push({name: `${size}, only NaN`, values: fill(size, () => NaN)});
    cases.push({name: `${size} equal ones`, values: fill(size, () => 0.1)});
    cases.push({name: `${size} zeros of both signs`, values: fill(size, (i) => (i % 2 ? -0 : 0))});
  }
  return cases;
}

function singCases(): (Request & {operation: 'sing'})[] {
  const random = generator(11);
  const shapes = [[0, 5], [1, 1], [1, 7], [7, 1], [3, 2], [8, 8], [9, 31], [65, 33], [300, 3], [4, 1000], [129, 64]];
  return shapes.flatMap(([rows, columns]) => ([0, 1, 2] as const).flatMap((centralize) => ([0, 1, 2] as const).flatMap((normalize) =>
    [1, 1e30, 1e-42].map((scale) => ({
      operation: 'sing' as const, rows: rows as number, columns: columns as number, centralize, normalize, epsilon: 1e-8,
      values: Float32Array.from({length: (rows as number) * (columns as number)}, () => (random() - 0.4) * scale),
    })))));
}

function momentsIn(answer: Answer | undefined): Float64Array {
  return (answer as {moments: Float64Array}).moments;
}

function expectMoments(name: string, values: Float32Array, actual: Float64Array): void {
  const expected = referenceMoments(values);
  const rms = rootMeanSquare(values);
  expected.forEach((value, column) => {
    const got = actual[column] as number;
    const label = `${name}, column ${column}: ${got} for ${value}`;
    if (Number.isNaN(value)) expect(got, label).toBeNaN();
    else expect(Math.abs(got - value), label).toBeLessThanOrEqual(1e-9 * Math.min(Math.abs(value), rms) + 1e-10 * rms);
  });
}

/** Small, fast and the same everywhere (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

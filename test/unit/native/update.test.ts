import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {compileCore} from './coreRunner';
import {referenceMoments, rootMeanSquare} from './reference';
import {referenceUpdate} from './updateReference';
import {runUpdates, settings, type UpdateAnswer, type UpdateRequest} from './updateRunner';

const rules = ['sgd', 'momentum', 'nesterov', 'adam', 'softplus'] as const;
/** Half a unit in the last place of a float32, relative. */
const HALF_ULP = 2 ** -24;
/** Smallest normal float32: what is below is zero in TensorFlow's arithmetic. */
const TINY = 2 ** -126;

let folder = '';
let sanitized = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-update-'));
  sanitized = join(folder, 'sanitized');
  compileCore(sanitized, ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'], 'updateRunner.cc');
});

afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

describe('the update of a parameter under the address and undefined-behaviour sanitizers', () => {
  it('is that of a float64 reference, for every rule, transform, merge and layout', () => {
    const shapes = [[0, 3], [1, 1], [1, 7], [7, 1], [3, 5], [8, 8], [65, 33], [2049, 3], [2, 2047], [1, 2048], [1, 2049], [1, 4097]];
    const requests = shapes.flatMap((shape) => combinations(shape as [number, number], 1));
    expectUpdates(requests, runUpdates(sanitized, requests));
  });

  it('holds for gradients from 1e-30 to 1e15', () => {
    const requests = [1e-30, 1e-15, 1e-6, 1e6, 1e15].flatMap((scale) => combinations([19, 9], scale));
    expectUpdates(requests, runUpdates(sanitized, requests));
  });

  it('brings a gradient of subnormals or of 1e38 to where SING brings any other', () => {
    const requests = [1e-42, 1e38].flatMap((scale) => combinations([12, 11], scale)
      .filter(({normalize, rule}) => normalize !== 0 && (rule === 'adam' || rule === 'softplus')));
    expectUpdates(requests, runUpdates(sanitized, requests));
  });

  it('goes on from the state that it wrote, step after step', () => {
    let requests = combinations([9, 11], 1);
    for (let step = 4; step < 8; step++) {
      const answers = runUpdates(sanitized, requests);
      expectUpdates(requests, answers);
      requests = requests.map((request, index) => {
        const {weights, state, slow} = answers[index] as UpdateAnswer;
        return {...request, weights, state, slow, gradient: request.gradient.map((value) => -0.7 * value), corrections: [1 - 0.9 ** step, 1 - 0.999 ** step] as const};
      });
    }
  });

  it('takes a size that no tile divides, and gives the bits of the optimized program', () => {
    const optimized = join(folder, 'optimized');
    compileCore(optimized, ['-O3'], 'updateRunner.cc');
    const large = combinations([1, 100_003], 1).filter(({centralize, normalize, alpha}) => centralize === 1 && normalize === 1 && alpha === undefined);
    const requests = [...large, ...combinations([65, 33], 1)];
    const answers = runUpdates(sanitized, requests);
    expectUpdates(large.slice(-1), answers.slice(large.length - 1, large.length));
    // Buffers: an equality of arrays would look at millions of elements one by one.
    const bytes = ({norm, moments, weights, state, slow}: UpdateAnswer): Buffer =>
      Buffer.concat([Float64Array.of(norm), ...moments, weights, ...state, slow].map(({buffer, byteOffset, byteLength}) => Buffer.from(buffer, byteOffset, byteLength)));
    const differing = runUpdates(optimized, requests).map((answer, index) => Buffer.compare(bytes(answer), bytes(answers[index] as UpdateAnswer)));
    expect(differing.every((order) => order === 0)).toBe(true);
  });

  it('is the same in several threads, without a race', () => {
    const threaded = join(folder, 'threaded');
    // The choice between instruction sets would run before this sanitizer is ready.
    compileCore(threaded, ['-O1', '-g', '-DSINGSCOPE_CLONES=', '-fsanitize=thread'], 'updateRunner.cc');
    // Rows and columns that no part divides; the last is too wide for sums of its own in each part.
    const requests = [[523, 509], [2, 131_101]].flatMap((shape) => combinations(shape as [number, number], 1)
      .filter(({rule, normalize, alpha}) => rule === 'softplus' && normalize === 1 && alpha !== undefined));
    const answers = runUpdates(threaded, requests, fixedAddresses());
    expectUpdates(requests.slice(0, 2), answers);
    expect(runUpdates(sanitized, requests).map(({norm}) => norm)).toEqual(answers.map(({norm}) => norm));
  });

  it('lets the squares of gradients of 1e38 overflow where nothing scales them', () => {
    const requests = combinations([5, 7], 1e38).filter(({centralize, normalize, alpha, rule}) =>
      centralize === 0 && normalize === 0 && alpha === undefined && (rule === 'adam' || rule === 'softplus'));
    for (const [index, answer] of runUpdates(sanitized, requests).entries()) {
      const {weights, decays} = requests[index] as UpdateRequest;
      const kept = Math.fround(decays ? 1 - settings.rate * settings.decay : 1);
      expect(answer.state[1].every((value) => value === Infinity)).toBe(true);
      expect(answer.weights).toEqual(weights.map((value) => kept * value));
    }
  });

  it('takes 10,000,000 elements', () => {
    const size = 1e7;
    const gradient = new Float32Array(size).fill(0.5);
    const request: UpdateRequest = {
      rule: 'sgd', rows: 1, columns: size, centralize: 0, normalize: 2, decays: false, corrections: [1, 1],
      gradient, weights: new Float32Array(size).fill(1), state: [new Float32Array(size), new Float32Array(size)], slow: new Float32Array(size),
    };
    const [answer] = runUpdates(sanitized, [request]) as [UpdateAnswer];
    expect(Math.abs(answer.norm - Math.sqrt(size))).toBeLessThan(1e-3);
    expect(answer.weights.every((value) => value === Math.fround(1 - Math.fround(settings.rate)))).toBe(true);
    expect(answer.moments.map(([count]) => count)).toEqual([size, size, size, size]);
  });

  it('lets one NaN or infinity spoil what IEEE arithmetic spoils, and finds it anywhere', () => {
    const base = combinations([5, 13], 1).filter(({centralize, normalize}) => centralize === 1 && normalize === 1);
    for (const at of [0, 12, 31, 64]) {
      for (const value of [NaN, Infinity, -Infinity]) {
        const requests = base.map((request) => ({...request, gradient: request.gradient.map((other, i) => (i === at ? value : other))}));
        const answers = runUpdates(sanitized, requests);
        for (const answer of answers) {
          expect(answer.finite).toBe(false);
          expect(answer.norm).toBeNaN();
          expect(answer.weights.every(Number.isNaN)).toBe(true);
        }
      }
    }
    const untransformed = combinations([5, 13], 1).filter(({centralize, normalize}) => centralize === 0 && normalize === 0)
      .map((request) => ({...request, gradient: request.gradient.map((other, i) => (i === 31 ? NaN : other))}));
    for (const answer of runUpdates(sanitized, untransformed)) {
      expect(Array.from(answer.weights.keys()).filter((i) => Number.isNaN(answer.weights[i]))).toEqual([31]);
    }
    const arrays = {sgd: 0, momentum: 1, nesterov: 1, adam: 2, softplus: 2};
    runUpdates(sanitized, untransformed).forEach(({state}, index) => {
      state.slice(0, arrays[(untransformed[index] as UpdateRequest).rule]).forEach((values) => {
        expect(Array.from(values.keys()).filter((i) => Number.isNaN(values[i]))).toEqual([31]);
      });
    });
  });

  it('has a softplus good to a few units in the last place, over its whole range', () => {
    const size = 40_000;
    const roots = Float32Array.from({length: size}, (_, i) => (25 / settings.softplus) * (i / size) ** 2);
    const request: UpdateRequest = {
      rule: 'softplus', rows: 1, columns: size, centralize: 0, normalize: 0, decays: false, corrections: [1, 1],
      gradient: new Float32Array(size), weights: new Float32Array(size), slow: new Float32Array(size),
      state: [new Float32Array(size).fill(1), roots.map((root) => root * root)],
    };
    const [answer] = runUpdates(sanitized, [request]) as [UpdateAnswer];
    const reference = referenceUpdate(request);
    const worst = answer.weights.reduce((most, value, i) => Math.max(most, Math.abs(value / (reference.weights[i] as number) - 1)), 0);
    expect(worst / HALF_ULP).toBeLessThan(10);
  });
});

it('computes the same bits with and without wide instructions', () => {
  const wide = join(folder, 'wide');
  const plain = join(folder, 'plain');
  compileCore(wide, ['-O3'], 'updateRunner.cc');
  compileCore(plain, ['-O3', '-DSINGSCOPE_CLONES='], 'updateRunner.cc');
  const requests = [[65, 33], [2, 2047], [1, 17]].flatMap((shape) => combinations(shape as [number, number], 1));
  expect(runUpdates(wide, requests)).toEqual(runUpdates(plain, requests));
});

/** A launcher without random addresses, with which older thread sanitizers can't begin; nothing where a container forbids it. */
function fixedAddresses(): string[] {
  const launcher = ['setarch', '-R'];
  return spawnSync(launcher[0] as string, [...launcher.slice(1), 'true']).status === 0 ? launcher : [];
}

/** Every rule × transform × merge on the same shape. */
function combinations([rows, columns]: readonly [number, number], scale: number): UpdateRequest[] {
  const random = generator(rows * 131 + columns);
  const fill = (next: () => number): Float32Array => Float32Array.from({length: rows * columns}, next);
  return rules.flatMap((rule) => ([0, 1, 2] as const).flatMap((centralize) => ([0, 1, 2] as const).flatMap((normalize) =>
    [undefined, 0.3].map((alpha): UpdateRequest => {
      const remembered = normalize === 0 ? scale : 0.1;
      return {
        rule, rows, columns, centralize, normalize, decays: columns % 2 === 1, ...(alpha !== undefined && {alpha}),
        corrections: [1 - 0.9 ** 3, 1 - 0.999 ** 3],
        gradient: fill(() => (random() - 0.4) * scale), weights: fill(() => random() - 0.5), slow: fill(() => random() - 0.5),
        state: [fill(() => (random() - 0.5) * remembered), fill(() => (random() * remembered) ** 2)],
      };
    }))));
}

function expectUpdates(requests: readonly UpdateRequest[], answers: readonly UpdateAnswer[]): void {
  requests.forEach((request, index) => {
    const {rule, rows, columns, centralize, normalize, alpha, gradient, weights} = request;
    const name = `${rule} of ${rows} x ${columns}, centralize ${centralize}, normalize ${normalize}, alpha ${alpha ?? 'none'}, first ${gradient[0] ?? 'none'}`;
    const answer = answers[index] as UpdateAnswer;
    const reference = referenceUpdate(request);
    const largest = reference.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Where a mean was subtracted an element may be far smaller than what it was made of.
    const rounding = (terms: number): number => 8 * HALF_ULP * terms;
    expectNear(`${name}: weight`, answer.weights, reference.weights, (i) => rounding(reference.terms[i] as number) + TINY);
    const arrays = {sgd: 0, momentum: 1, nesterov: 1, adam: 2, softplus: 2}[rule];
    for (let k = 0; k < 2; k++) {
      const before = request.state[k as 0 | 1];
      const after = answer.state[k as 0 | 1];
      if (k >= arrays) expect(after, `${name}: state ${k}`).toEqual(before);
      else {
        expectNear(`${name}: state ${k}`, after, reference.state[k as 0 | 1], (i) =>
          rounding(Math.abs(before[i] as number) + Math.abs(k === 0 ? reference.gradient[i] as number : reference.state[1][i] as number)) + TINY);
      }
    }
    if (alpha === undefined) expect(answer.slow, `${name}: slow`).toEqual(request.slow);
    else expect(answer.slow, `${name}: slow`).toEqual(answer.weights);
    const norm = Math.sqrt(reference.gradient.reduce((sum, value) => sum + (value / (largest || 1)) ** 2, 0)) * largest;
    expect(Math.abs(answer.norm - norm), `${name}: norm`).toBeLessThanOrEqual(1e-9 * norm);
    expect(answer.finite).toBe(true);
    expectMoments(`${name}: gradient`, gradient, answer.moments[0] as Float64Array);
    expectMoments(`${name}: transformed`, Float32Array.from(reference.gradient), answer.moments[1] as Float64Array, 1e-6);
    expectMoments(`${name}: weights`, weights, answer.moments[2] as Float64Array);
    expectMoments(`${name}: updates`, answer.weights.map((value, i) => value - (weights[i] as number)), answer.moments[3] as Float64Array);
  });
}

/** One assertion for all elements: one for each would take minutes. */
function expectNear(name: string, actual: Float32Array, expected: readonly number[], tolerance: (i: number) => number): void {
  const wrong = expected.findIndex((value, i) => !(Math.abs((actual[i] as number) - value) <= tolerance(i)));
  expect(wrong, `${name} ${wrong}: ${actual[wrong] ?? 'none'} for ${expected[wrong] ?? 'none'}`).toBe(-1);
}

function expectMoments(name: string, values: Float32Array, actual: Float64Array, tolerance = 1e-9): void {
  const rms = rootMeanSquare(values);
  referenceMoments(values).forEach((value, column) => {
    const got = actual[column] as number;
    if (Number.isNaN(value)) expect(got, `${name}, column ${column}`).toBeNaN();
    else expect(Math.abs(got - value), `${name}, column ${column}: ${got} for ${value}`).toBeLessThanOrEqual(tolerance * (Math.abs(value) + rms) + (column === 7 ? 0 : TINY));
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

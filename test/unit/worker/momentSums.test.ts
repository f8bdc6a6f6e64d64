import {describe, expect, test} from 'vitest';
import {MOMENT_COLUMNS, mergedMoments, momentsAt} from '../../../src/protocol/moments';
import {momentsOf} from '../../../src/worker/momentSums';

// Reference by sorted, compensated sums, independent of the code under test.
function reference(values: Float32Array): {mean: number; std: number; norm: number} {
  const finite = Array.from(values).filter(Number.isFinite);
  const mean = neumaier(finite) / finite.length;
  return {
    mean,
    std: Math.sqrt(neumaier(finite.map((value) => (value - mean) ** 2)) / finite.length),
    norm: Math.sqrt(neumaier(finite.map((value) => value ** 2))),
  };
}

function neumaier(values: readonly number[]): number {
  let sum = 0;
  let rest = 0;
  for (const value of values) {
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + rest;
}

const cases: [string, Float32Array][] = [
  ['one element', Float32Array.of(3)],
  ['a small deviation around a large mean', Float32Array.from({length: 1000}, (_, index) => 1e4 + (index % 7) / 64)],
  ['values that cancel', Float32Array.from({length: 1001}, (_, index) => (index % 2 === 0 ? 1 : -1))],
  ['1e38, whose squares overflow float32', Float32Array.from({length: 33}, (_, index) => (index % 3 - 1) * 1e38)],
  ['subnormal numbers', Float32Array.from({length: 40}, (_, index) => index * 1e-44)],
  ['among non-finite ones', Float32Array.of(1, NaN, 2, Infinity, -Infinity, 0, -0, NaN)],
];

describe('moments in pure JavaScript', () => {
  test.each(cases)('%s', (_name, values) => {
    const got = momentsAt(momentsOf([Float32Array.of(9, 9), values]), 1);
    const want = reference(values);
    const rms = want.norm / Math.sqrt(values.length);
    for (const name of ['mean', 'std', 'norm'] as const) {
      expect(Math.abs(got[name] - want[name])).toBeLessThanOrEqual(Math.max(1e-12 * Math.abs(want[name]), 1e-12 * rms));
    }
    expect(got.min - Math.min(...Array.from(values).filter(Number.isFinite))).toBe(0);
    expect(got.max - Math.max(...Array.from(values).filter(Number.isFinite))).toBe(0);
  });

  test('counts', () => {
    const got = momentsAt(momentsOf([Float32Array.of(1, NaN, 2, Infinity, -Infinity, 0, -0, NaN)]), 0);
    expect(got).toMatchObject({count: 8, nan: 2, posInf: 1, negInf: 1, zeros: 2});
  });

  test('nothing finite', () => {
    const got = momentsAt(momentsOf([Float32Array.of(NaN, Infinity)]), 0);
    expect(got).toMatchObject({mean: NaN, std: NaN, min: NaN, max: NaN, norm: 0, nan: 1, posInf: 1});
    expect(momentsOf([new Float32Array(0)])).toHaveLength(MOMENT_COLUMNS);
  });
});

describe('moments of several gradients taken as one', () => {
  const all = (parts: readonly Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => Array.from(part)));
  test.each([
    ['of all kinds', cases.map(([, values]) => values)],
    ['far apart', [Float32Array.of(1e38, -3e38), Float32Array.from({length: 999}, (_, i) => 1e-9 * i), Float32Array.of(1e3)]],
    ['with a part that has no finite element', [Float32Array.of(NaN, Infinity), Float32Array.of(1, 2, 4)]],
    ['of one', [Float32Array.of(5, -5)]],
  ] as [string, Float32Array[]][])('%s are those of all their elements', (_name, parts) => {
    const got = mergedMoments(parts.map((part) => momentsAt(momentsOf([part]), 0)));
    const want = momentsAt(momentsOf([all(parts)]), 0);
    for (const name of ['count', 'zeros', 'nan', 'negInf', 'posInf', 'min', 'max'] as const) expect(got[name], name).toBe(want[name]);
    const rms = want.norm / Math.sqrt(want.count);
    for (const name of ['mean', 'std', 'norm'] as const) expect(Math.abs(got[name] - want[name]), name).toBeLessThanOrEqual(Math.max(1e-12 * Math.abs(want[name]), 1e-13 * rms));
  });

  test('none finite', () => {
    const merged = mergedMoments([momentsAt(momentsOf([Float32Array.of(NaN)]), 0), momentsAt(momentsOf([Float32Array.of(-Infinity)]), 0)]);
    expect(merged).toMatchObject({count: 2, nan: 1, negInf: 1, mean: NaN, std: NaN, norm: 0});
  });
});

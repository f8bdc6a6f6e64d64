import {describe, expect, it} from 'vitest';
import {firstDivergence, seriesAlike, seriesIdentical} from '../../../src/diagnosis/firstDivergence';

const series = (values: number[], from = 1): {steps: number[]; values: number[]} => ({steps: values.map((_, i) => from + i), values});

describe('firstDivergence', () => {
  it('finds the first step at which the norms differ in a single bit', () => {
    const off = new Map([['a', series([1, 2, 3])], ['b', series([1, 1, 1])], ['c', series([5])]]);
    const on = new Map([['a', series([1, 2 + Number.EPSILON * 2, 3])], ['b', series([1, 1, 1])], ['d', series([7])]]);
    expect(firstDivergence(off, on)).toEqual([{parameter: 'a', step: 2}]);
  });

  it('compares by step number and orders by step', () => {
    const off = new Map([['late', series([1, 2, 3, 4])], ['early', series([9, 9, 9, 9])]]);
    const on = new Map([['late', series([3, 5], 3)], ['early', series([8, 9, 9, 9])]]);
    expect(firstDivergence(off, on)).toEqual([{parameter: 'early', step: 1}, {parameter: 'late', step: 4}]);
  });

  it('takes NaN as equal to NaN', () => {
    expect(firstDivergence(new Map([['a', series([NaN, 1])]]), new Map([['a', series([NaN, 1])]]))).toEqual([]);
  });
});

describe('seriesIdentical', () => {
  it('is to the bit, NaN included', () => {
    expect(seriesIdentical(series([1, NaN, 3]), series([1, NaN, 3]))).toBe(true);
    expect(seriesIdentical(series([0]), series([-0]))).toBe(false);
    expect(seriesIdentical(series([0.1 + 0.2]), series([0.3]))).toBe(false);
  });

  it('compares the steps that both have, wherever they lie', () => {
    expect(seriesIdentical({steps: [1, 2, 5, 9], values: [4, 3, 2, 1]}, {steps: [1, 2, 4, 9], values: [4, 3, 7, 1]})).toBe(true);
    expect(seriesIdentical({steps: [1, 2, 5, 9], values: [4, 3, 2, 1]}, {steps: [1, 2, 4, 9], values: [4, 3, 2, 7]})).toBe(false);
  });
});

describe('seriesAlike', () => {
  it('lets rounding pass, against each number and against the first', () => {
    expect(seriesAlike(series([2, 1, 1e-9]), series([2, 1 + 1e-7, 3e-9]))).toBe(true);
    expect(seriesAlike(series([2, 1]), series([2, 1 + 1e-5]))).toBe(false);
    expect(seriesAlike(series([2, 1e6]), series([2, 1e6 + 0.1]))).toBe(true);
    expect(seriesAlike(series([NaN, Infinity]), series([NaN, Infinity]))).toBe(true);
    expect(seriesAlike(series([1, Infinity]), series([1, 5]))).toBe(false);
    expect(seriesAlike(series([1, NaN]), series([1, 5]))).toBe(false);
  });
});

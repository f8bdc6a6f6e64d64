import {describe, expect, it} from 'vitest';
import {firstDivergence, seriesIdentical} from '../../../src/diagnosis/firstDivergence';

const series = (norms: number[], from = 1): {steps: number[]; norms: number[]} => ({steps: norms.map((_, i) => from + i), norms});

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
    expect(seriesIdentical([1, NaN, 3], [1, NaN, 3])).toBe(true);
    expect(seriesIdentical([0], [-0])).toBe(false);
    expect(seriesIdentical([1, 2], [1])).toBe(false);
    expect(seriesIdentical([0.1 + 0.2], [0.3])).toBe(false);
  });
});

import {describe, expect, it} from 'vitest';
import {signedRank} from '../../../src/diagnosis/signedRank';

/** All 2^n signs, written out: nothing is shared with the code under test. */
function byEnumeration(differences: number[]): number {
  const magnitudes = differences.map(Math.abs);
  const ranks = magnitudes.map((value) => {
    const order = [...magnitudes].sort((a, b) => a - b);
    return (order.indexOf(value) + order.lastIndexOf(value)) / 2 + 1;
  });
  const sum = (signs: number): number => ranks.reduce((total, rank, i) => total + ((signs >> i) & 1 ? rank : 0), 0);
  const observed = differences.reduce((total, value, i) => total + (value > 0 ? (ranks[i] as number) : 0), 0);
  const middle = ranks.reduce((a, b) => a + b, 0) / 2;
  let extreme = 0;
  for (let signs = 0; signs < 2 ** differences.length; signs++) {
    if (Math.abs(sum(signs) - middle) >= Math.abs(observed - middle) - 1e-9) extreme++;
  }
  return extreme / 2 ** differences.length;
}

describe('signedRank', () => {
  // Tables of the exact distribution, e.g. R's wilcox.test(exact = TRUE).
  it.each([
    [[1, 2, 3], 0.25],
    [[1, 2, 3, 4, 5], 0.0625],
    [[1, 2, 3, 4, 5, 6], 0.03125],
    [[-1, 2, 3, 4, 5, 6], 0.0625],
    [[1, 2, 3, 4, 5, 6, 7], 0.015625],
    [[-1, -2, -3, -4, -5, -6], 0.03125],
    [[1, -2, 3, -4], 0.875],
  ])('%j gives p = %f', (differences, expected) => {
    expect(signedRank(differences).pValue).toBeCloseTo(expected, 10);
  });

  it('counts ties exactly, as a normal approximation would not', () => {
    expect(signedRank([2, 2, 2, 2, 2, 2]).pValue).toBe(2 / 64);
    expect(signedRank([2, 2, 2, 2, 2]).pValue).toBe(2 / 32);
    expect(signedRank([2, 2, -2, 2, 2, 3]).pValue).toBeCloseTo(byEnumeration([2, 2, -2, 2, 2, 3]), 12);
  });

  it('agrees with an enumeration of all signs on random differences, tied and not', () => {
    let state = 12345;
    const random = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
    for (let trial = 0; trial < 60; trial++) {
      const n = 2 + Math.floor(random() * 9);
      const coarse = trial % 2 === 0;
      const differences = Array.from({length: n}, () => {
        const value = (random() - 0.4) * 6;
        return coarse ? Math.round(value) || 1 : value;
      });
      expect(signedRank(differences).pValue).toBeCloseTo(byEnumeration(differences), 10);
    }
  });

  it('leaves out pairs without a difference', () => {
    expect(signedRank([0, 1, 2, 0, 3])).toEqual({pValue: expect.closeTo(0.25, 10) as number, pairs: 3});
    expect(signedRank([0, 0])).toEqual({pValue: null, pairs: 0});
    expect(signedRank([5])).toEqual({pValue: 1, pairs: 1});
  });

  it('ranks an infinite difference highest', () => {
    expect(signedRank([Infinity, 1, 2, 3, 4, 5]).pValue).toBeCloseTo(2 / 64, 10);
    expect(signedRank([-Infinity, 1, 2, 3, 4, 5]).pValue).toBeCloseTo(byEnumeration([-6, 1, 2, 3, 4, 5]), 12);
  });
});

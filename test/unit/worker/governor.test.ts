import {describe, expect, test} from 'vitest';
import {Governor} from '../../../src/worker/governor';

/** Runs steps of `whole` ms, of which moments cost `plain` and a histogram `histogram`. */
function simulate(budget: number, whole: number, plain: number, histogram: number, steps = 5000): {sampled: number; share: number; reported: number} {
  const governor = new Governor(budget);
  let sampled = 0;
  for (let step = 0; step < steps; step++) {
    const wants = governor.wantsHistograms();
    if (wants) sampled++;
    const ours = plain + (wants ? histogram : 0);
    governor.observe({ours, whole: step === 0 ? null : whole + ours});
  }
  const time = steps * (whole + plain) + sampled * histogram;
  return {sampled, share: (100 * sampled * histogram) / time, reported: governor.overheadPct ?? NaN};
}

describe('governor', () => {
  test.each([[2, 10, 0.1, 0.3], [2, 1, 0.05, 0.5], [0.5, 10, 0.1, 1]])('histograms keep a budget of %d % of %d ms', (budget, whole, plain, histogram) => {
    const {sampled, share} = simulate(budget, whole, plain, histogram);
    expect(share).toBeLessThanOrEqual(budget * 1.05);
    expect(sampled).toBeGreaterThan(5);
  });

  test('where histograms cost nothing they come every fifth step', () => {
    expect(simulate(2, 10, 0.1, 0).sampled).toBe(1000);
  });

  test('with no budget some are made all the same', () => {
    expect(simulate(0, 10, 0.1, 1).sampled).toBeGreaterThanOrEqual(5);
  });

  test('says what observation costs', () => {
    expect(simulate(2, 10, 0.5, 0).reported).toBeCloseTo((100 * 0.5) / 10.5, 1);
  });
});

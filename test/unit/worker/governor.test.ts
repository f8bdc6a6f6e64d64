import {describe, expect, test} from 'vitest';
import {Governor} from '../../../src/worker/governor';

/** Runs steps of `whole` ms, of which moments cost `plain` and a histogram `histogram`. */
function simulate(budget: number, whole: number, plain: number, histogram: number, steps = 5000): {sampled: number; share: number} {
  const governor = new Governor(budget);
  let sampled = 0;
  for (let step = 0; step < steps; step++) {
    const wants = governor.wantsHistograms();
    if (wants) sampled++;
    const ours = plain + (wants ? histogram : 0);
    governor.observe({ours, whole: step === 0 ? null : whole + ours});
  }
  const time = steps * (whole + plain) + sampled * histogram;
  return {sampled, share: (100 * sampled * histogram) / time};
}

describe('governor', () => {
  test.each([[2, 10, 0.1, 0.3], [2, 1, 0.05, 0.5], [0.5, 10, 0.1, 1]])('histograms keep a budget of %d % of %d ms', (budget, whole, plain, histogram) => {
    const {sampled, share} = simulate(budget, whole, plain, histogram);
    expect(share).toBeLessThanOrEqual(budget * 1.05);
    expect(sampled).toBeGreaterThan(5);
  });

  test.each([[1.5, 0.5], [5, 0.25]])('where moments take %d % of a budget of 2, the rest has %d', (momentsPct, restPct) => {
    const {sampled, share} = simulate(2, 10, momentsPct / 10, 0.5, 20_000);
    expect(share).toBeLessThanOrEqual(restPct * 1.05);
    expect(share).toBeGreaterThan(restPct * 0.7);
    expect(sampled).toBeGreaterThan(5);
  });

  test('where histograms cost nothing they come every fifth step', () => {
    expect(simulate(2, 10, 0.1, 0).sampled).toBe(1000);
  });

  test('in a long run they grow no faster than its logarithm', () => {
    const tenThousand = simulate(2, 10, 0.1, 0, 10_000).sampled;
    const million = simulate(2, 10, 0.1, 0, 1_000_000).sampled;
    expect(tenThousand).toBe(2000);
    expect(million).toBeLessThan(2000 * (1 + Math.log(100)) * 1.02);
  });

  test('a pause now and then does not make steps look long', () => {
    const governor = new Governor(2);
    let sampled = 0;
    for (let step = 0; step < 5000; step++) {
      const wants = governor.wantsHistograms();
      if (wants) sampled++;
      governor.observe({ours: wants ? 5.1 : 0.1, whole: step === 0 ? null : step % 100 === 0 ? 10_000 : 10 + (wants ? 5.1 : 0.1)});
    }
    // 5 ms each in 5,000 steps of 10 ms, with a tenth more for the pauses.
    expect(sampled).toBeLessThan(((0.02 * 50_000) / 5) * 1.1);
  });

  test('first histograms that are dear do not keep a short run without more', () => {
    const governor = new Governor(2);
    const sampled: number[] = [];
    for (let step = 1; step <= 400; step++) {
      const wants = governor.wantsHistograms();
      if (wants) sampled.push(step);
      const ours = 0.05 + (wants ? 30 / sampled.length : 0);
      governor.observe({ours, whole: step === 1 ? null : 2 + ours});
    }
    expect(sampled).toEqual([1, 6, 26, 106]);
  });

  test('with no budget some are made all the same', () => {
    expect(simulate(0, 10, 0.1, 1).sampled).toBeGreaterThanOrEqual(5);
  });
});

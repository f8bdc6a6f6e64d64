import {describe, expect, it} from 'vitest';
import {warmupConstantCosine, warmupCosine} from '../../../src/sing/index';

describe('rate schedules', () => {
  it('warm up for 5 %, then fall by a cosine', () => {
    const rate = warmupCosine({peak: 0.1, totalSteps: 100});
    expect([0, 4, 5].map(rate)).toEqual([expect.closeTo(0.02, 12), expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)]);
    // Half of the 95 steps of the fall.
    expect(rate(52.5)).toBeCloseTo(0.05, 12);
    expect(rate(99)).toBeGreaterThan(0);
    expect([100, 1000].map(rate)).toEqual([0, 0]);
  });

  it('hold the peak for 60 %', () => {
    const rate = warmupConstantCosine({peak: 1, totalSteps: 200, floor: 0.1});
    expect(rate(0)).toBeCloseTo(0.1, 12);
    expect([9, 10, 70, 129, 130].map(rate)).toEqual([1, 1, 1, 1, 1]);
    expect(rate(165)).toBeCloseTo(0.55, 12);
    expect(rate(200)).toBe(0.1);
  });

  it('begin at the peak without a warm-up', () => {
    expect(warmupCosine({peak: 0.5, totalSteps: 3, warmup: 0})(0)).toBe(0.5);
  });

  it.each([
    [{peak: 0, totalSteps: 10}, 'peak: 0 is out of range; it must be a finite number above 0'],
    [{peak: 1, totalSteps: 2.5}, 'totalSteps: 2.5 is out of range; it must be a whole number, at least 1'],
    [{peak: 1, totalSteps: 10, warmup: 1.5}, 'warmup: 1.5 is out of range; it must be a number from 0 to 1'],
    [{peak: 1, totalSteps: 10, warmup: 0.5}, 'constant: 0.6 is out of range; it must be a number from 0 to 1 − warmup'],
    [{peak: 1, totalSteps: 10, floor: 2}, 'floor: 2 is out of range; it must be a number from 0 to peak'],
  ])('refuse %j', (options, message) => {
    expect(() => warmupConstantCosine(options)).toThrow(message);
  });

  it('refuse a step that is none', () => {
    expect(() => warmupCosine({peak: 1, totalSteps: 10})(-1)).toThrow('step: -1 is out of range');
  });
});

import {expect, test} from 'vitest';
import {seededRandom} from '../../../src/worker/seeding';

const draw = (seed: number, count = 1000): number[] => {
  const random = seededRandom(seed);
  return Array.from({length: count}, () => random());
};

test('one seed repeats, two differ, also neighbours and those of other threads', () => {
  expect(draw(1)).toEqual(draw(1));
  const firsts = [0, 1, 2, 3, 1 + 2 ** 32, 2 + 2 ** 32].map((seed) => draw(seed, 1)[0]);
  expect(new Set(firsts).size).toBe(firsts.length);
});

test('numbers are uniform in [0, 1)', () => {
  const numbers = draw(7, 100_000);
  expect(Math.min(...numbers.slice(0, 50_000))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers.slice(0, 50_000))).toBeLessThan(1);
  const counts = new Array<number>(10).fill(0);
  for (const number of numbers) counts[Math.floor(number * 10)]!++;
  // Chi-squared with 9 degrees of freedom: beyond 27.9 by chance once in a thousand, and the seed is fixed.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquared).toBeLessThan(27.9);
});

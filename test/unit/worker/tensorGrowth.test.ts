import {expect, test} from 'vitest';
import {TensorGrowth} from '../../../src/worker/tensorGrowth';

/** Steps at which it is worth looking. */
function looks(steps: number, tensors: (step: number) => number): number[] {
  const growth = new TensorGrowth();
  return Array.from({length: steps}, (_, at) => at + 1).filter((step) => growth.suspects(tensors(step)));
}

test('a leak is looked at within 50 steps of its begin, and then ever more seldom', () => {
  expect(looks(400, (step) => 40 + step)).toEqual([40, 80, 160, 320]);
  expect(looks(200, (step) => 40 + 3 * Math.max(0, step - 77))[0]).toBeLessThanOrEqual(77 + 50);
});

test.each<[string, (step: number) => number]>([
  ['a constant count', () => 40],
  ['slots made at the first steps', (step) => 40 + 12 * Math.min(step, 6)],
  ['models of ten steps, one after another', (step) => 40 + 30 * Math.floor(step / 10)],
  ['up and down', (step) => 40 + Math.round(15 * Math.sin(step / 3))],
])('%s is not', (_name, tensors) => {
  expect(looks(500, tensors)).toEqual([]);
});

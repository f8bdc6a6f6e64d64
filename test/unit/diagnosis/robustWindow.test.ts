import {expect, test} from 'vitest';
import {medianOf, RobustWindow} from '../../../src/diagnosis/robustWindow';

test('median and spread are those of the last values only', () => {
  const window = new RobustWindow(5);
  for (const value of [1000, 1000, 1, 2, 3, 4, 5]) window.push(value);
  expect(window.length).toBe(5);
  expect(window.median()).toBe(3);
  expect(window.spread()).toBeCloseTo(1.4826, 10);
  expect(window.last(2)).toEqual([4, 5]);
});

test('one outlier moves neither', () => {
  const window = new RobustWindow(9);
  for (const value of [1, 2, 3, 4, 5, 6, 7, 8, 1e9]) window.push(value);
  expect(window.median()).toBe(5);
  expect(window.spread()).toBeCloseTo(2 * 1.4826, 10);
});

test('an empty window knows nothing', () => {
  const window = new RobustWindow(4);
  expect(window.median()).toBeNaN();
  window.push(7);
  window.clear();
  expect(window.length).toBe(0);
  expect(window.median()).toBeNaN();
});

test('the median of an even list lies between its middles', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([])).toBeNaN();
});

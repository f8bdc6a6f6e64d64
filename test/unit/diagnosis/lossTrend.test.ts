import {expect, test} from 'vitest';
import {LossTrend} from '../../../src/diagnosis/lossTrend';

function trendOf(loss: (step: number) => number, steps: number): LossTrend {
  const trend = new LossTrend();
  for (let step = 0; step < steps; step++) trend.push(loss(step));
  return trend;
}

test('a falling loss falls, a flat one does not, a rising one rises', () => {
  expect(trendOf((step) => Math.exp(-step / 100), 200).fall(0.5)).toBeGreaterThan(0.2);
  expect(Math.abs(trendOf((step) => 2.3 + 0.05 * Math.sin(step), 200).fall(0.5))).toBeLessThan(0.01);
  expect(trendOf((step) => 1 + step / 100, 200).fall(0.5)).toBeLessThan(-0.1);
});

test('a million steps are remembered in bounded memory, their start too', () => {
  const trend = trendOf((step) => 1 / (1 + step), 1_000_000);
  expect(trend.count).toBe(1_000_000);
  expect(trend.initial()).toBeCloseTo((1 / 5 + 1 / 6) / 2, 10);
  expect(trend.recent(20)).toBeLessThan(2e-6);
  expect(JSON.stringify(trend).length).toBeLessThan(1_000_000);
});

test('losses that are not finite are left out', () => {
  const trend = trendOf((step) => (step % 2 === 0 ? 3 : NaN), 100);
  expect(trend.count).toBe(50);
  expect(trend.recent(20)).toBe(3);
});

import {expect, test} from 'vitest';
import {chartNumber, logTicks, logTickText} from '../../../webview/charts/chartNumber';

test('a short logarithmic axis names 1, 2 and 5, a long one powers, and never many', () => {
  expect(logTicks(0.07, 8)).toEqual([0.1, 0.2, 0.5, 1, 2, 5]);
  expect(logTicks(1e-5, 2)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
  const wide = logTicks(1e-30, 1e25);
  expect(wide.length).toBeLessThanOrEqual(8);
  expect(new Set(wide.slice(1).map((value, i) => Math.round(Math.log10(value / (wide[i] ?? NaN)))))).toEqual(new Set([8]));
});

test('ticks and values are written for people', () => {
  expect([0.01, 0.5, 1000, 1e-3, 2e-4, 1e-12, 1e10].map(logTickText)).toEqual(['0.01', '0.5', '1000', '10⁻³', '2 · 10⁻⁴', '10⁻¹²', '10¹⁰']);
  expect([NaN, undefined, Infinity, -Infinity, 0, -1.5, 1 / 3, 1.2e-7, 3e22].map(chartNumber)).toEqual(['NaN', 'NaN', '∞', '−∞', '0', '−1.5', '0.3333', '1.2e−7', '3e22']);
});

import {expect, test} from 'vitest';
import {healthyCases} from './cases';
import {furtherHealthy} from './furtherHealthy';
import {judge, record} from './judgement';

/** Too slow on pure JavaScript for every test run; `table.ts` has them. */
const slow = new Set(['residual', 'GRU', 'masked', 'text', 'convolutional, batch normalization']);
const cases = [...healthyCases, ...furtherHealthy].filter(({name}) => !slow.has(name));

test.each(cases.map((one) => [one.name, one] as const))('healthy: %s', async (_name, one) => {
  const series = await record(one, 11);
  expect(series.steps.length).toBeGreaterThanOrEqual(40);
  expect(series.steps.every(({loss, hasLoss, parameters}) => hasLoss && Number.isFinite(loss) && parameters.length > 0)).toBe(true);
  expect(judge(series)).toEqual([]);
});

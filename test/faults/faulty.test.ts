import {expect, test} from 'vitest';
import {faultyCases} from './cases';
import {furtherFaulty} from './furtherFaulty';
import {judge, record} from './judgement';

/** Faults that do not show in every run, whatever the seed; `table.ts` counts them. */
const uncertain = new Set([
  'exponential activation', 'discriminator without epsilon',
]);
const cases = [...faultyCases, ...furtherFaulty].filter(({name}) => !uncertain.has(name));

test.each(cases.map((one) => [one.name, one] as const))('fault: %s', async (_name, one) => {
  const series = await record(one, 11);
  expect(series.steps.length).toBeGreaterThan(20);
  const findings = judge(series);
  const {rules, layers, onset} = one.fault ?? {rules: [], layers: [], onset: 0};
  expect(findings.length).toBeGreaterThan(0);
  // One fault is said at most twice: as it grows, and when it ends in NaN.
  expect(findings.length).toBeLessThanOrEqual(2);
  for (const {rule, layer, step} of findings) {
    expect(rules).toContain(rule);
    expect(layers.some((right) => right === layer || (right !== null && layer?.startsWith(right) === true)), `blamed ${layer}`).toBe(true);
    expect(step).toBeGreaterThanOrEqual(onset);
  }
});

import {expect, test} from 'vitest';
import {faultyCases} from './cases';
import {furtherFaulty} from './furtherFaulty';
import {heldOutFaulty} from './heldOutCases';
import {judge, record} from './judgement';

/** One of each kind; `table.ts` runs them all, with more seeds. */
const kinds = new Set([
  'classifier, rate × 1000', 'regression, rate × 1000', 'deep, rate × 1000', 'classifier, rate × 1000 from step 60', 'fitted, momentum 0.99 and a high rate', 'adversarial, rate × 1000',
  'classifier, initializer × 100', 'deep, initializer × 100', 'classifier, initializer × 100, output', 'convolutional, initializer × 100, dense', 'classifier, initializer of zeros', 'fitted, initializer of zeros',
  'classifier, dead ReLU', 'deep, sigmoid chain', 'deep, default initializer', 'deep, initializers too small', 'classifier, log of zero in the loss', 'regression, division by a spread of zero',
  'classifier, root of zero in a layer', 'classifier, norm of zero in a kernel layer', 'regression, exponential layer from step 60', 'regression, gain of a layer from step 60', 'fitted, inputs not scaled',
  'classifier, NaN in one batch', 'regression, outlier in one batch', 'regression, wrong target in one batch', 'fitted, sign of the loss', 'classifier, gradient cut off', 'classifier, labels out of range',
  'LSTM, rate × 1000', 'weights of a layer × 1000 in mid-run', 'units of a layer die in mid-run', 'a power of zero in a layer', 'norm of a zero vector, bare variables', 'negative rate', 'summed loss, rate not scaled', 'all variables start at zero',
  'bare variables, initializer × 100', 'rate that doubles', 'NaN in the targets of an LSTM', 'regularizer with the wrong sign', 'gradient of a layer × 1e4 from step 80', 'loss of the wrong sign, softmax',
]);
const cases = [...faultyCases, ...furtherFaulty, ...heldOutFaulty].filter(({name}) => kinds.has(name));

test('every kind is there', () => {
  expect(cases.map(({name}) => name).sort()).toEqual([...kinds].sort());
});

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

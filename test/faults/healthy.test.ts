import {expect, test} from 'vitest';
import {healthyCases} from './cases';
import {furtherHealthy} from './furtherHealthy';
import {heldOutHealthy} from './heldOutCases';
import {judge, record} from './judgement';

/** One of each kind; `table.ts` runs them all, with more seeds. */
const kinds = new Set([
  'classifier, SGD', 'classifier, Adagrad', 'classifier, dropout', 'classifier, batch normalization', 'classifier, tiny rate', 'classifier, restarts', 'classifier, warm-up and cosine',
  'classifier, rare classes', 'regression, summed loss', 'regression, L1', 'regression, batch of one', 'regression, to zero loss', 'regression, large targets', 'hinge', 'fitted',
  'deep, heNormal', 'convolutional', 'simple RNN', 'autoencoder', 'variational', 'adversarial', 'policy gradient', 'attention', 'accumulated', 'two models', 'noise labels',
  'Gaussian likelihood', 'policy with growing returns', 'Q-learning with a target network', 'frozen layers', 'heavy-tailed targets, batch of two', 'rare large targets', 'weight decay',
  'two outputs', 'curriculum: harder data from step 100', 'folds: weights set back', 'XOR, a long plateau', 'deep sigmoid of four, Adam', 'matrix factors with rare users', 'actor and critic',
  'likelihood whose weight is zero at first', 'policy with rare rewards',
]);
const cases = [...healthyCases, ...furtherHealthy, ...heldOutHealthy].filter(({name}) => kinds.has(name));

test('every kind is there', () => {
  expect(cases.map(({name}) => name).sort()).toEqual([...kinds].sort());
});

test.each(cases.map((one) => [one.name, one] as const))('healthy: %s', async (_name, one) => {
  const series = await record(one, 11);
  expect(series.steps.length).toBeGreaterThanOrEqual(40);
  expect(series.steps.every(({loss, hasLoss, parameters}) => hasLoss && Number.isFinite(loss) && parameters.length > 0)).toBe(true);
  expect(judge(series)).toEqual([]);
});

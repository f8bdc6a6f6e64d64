import {expect, it} from 'vitest';
import {rules, type Finding} from '../../../src/protocol/finding';
import {worstFirst} from '../../../src/ui/findingOrder';

const finding = (rule: Finding['rule'], severity: Finding['severity'], onsetStep: number): Pick<Finding, 'rule' | 'severity' | 'onsetStep'> => ({rule, severity, onsetStep});

it('puts what diverged before what only jumped, whichever came first', () => {
  const [spike, exploding, nan, late] = [finding('spike', 'warning', 3), finding('exploding', 'error', 8), finding('non-finite', 'error', 12), finding('non-finite', 'error', 13)];
  expect(worstFirst([spike, exploding, late, nan])).toEqual([nan, late, exploding, spike]);
  expect(worstFirst([nan, spike])).toEqual([nan, spike]);
});

it('puts any error before any warning', () => {
  for (const rule of rules) {
    const error = finding(rule, 'error', 100);
    expect(worstFirst([...rules.map((other) => finding(other, 'warning', 1)), error])[0]).toBe(error);
  }
});

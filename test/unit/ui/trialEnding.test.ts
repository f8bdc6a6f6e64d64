import {expect, it, vi} from 'vitest';
import type {TrialSummary} from '../../../src/protocol/runSummary';
import {verdictHeadline} from '../../../src/ui/trialEnding';

vi.mock('vscode', async () => ({l10n: await import('@vscode/l10n')}));

const headline = (verdict: Partial<TrialSummary['verdict']>): string =>
  verdictHeadline({verdict: {winner: 'none', pValue: null, effect: null, pairs: 2, text: '', ...verdict}, arms: [{name: 'off', diverged: 0, runs: [{}, {}]}, {name: 'on', diverged: 0, runs: [{}, {}]}]} as unknown as TrialSummary);

it('finds nothing to compare where no pair of runs had a loss', () => {
  expect(headline({pairs: 0})).toBe('Nothing to compare');
  expect(headline({effect: 0})).toBe('No difference between SING off and on');
});

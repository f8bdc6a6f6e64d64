import {describe, expect, it} from 'vitest';
import type {Verdict} from '../../../src/protocol/runSummary';
import {jointVerdict, median, pairedDifferences, trialVerdict, type SeedPair} from '../../../src/diagnosis/verdict';

function pairs(off: (number | null)[], on: (number | null)[], diverged: {off?: number[]; on?: number[]} = {}): SeedPair[] {
  return off.map((finalLoss, i) => ({
    seed: i + 1,
    off: {finalLoss, diverged: diverged.off?.includes(i) ?? false},
    on: {finalLoss: on[i] ?? null, diverged: diverged.on?.includes(i) ?? false},
    sameAs: null,
  }));
}

const p64 = expect.closeTo(2 / 64, 10) as number;

describe('trialVerdict', () => {
  it('says that three seeds are too few, with what was seen', () => {
    const verdict = trialVerdict(pairs([2.3, 2.31, 2.29], [1.52, 1.4, 1.6]), null);
    expect(verdict.winner).toBe('none');
    expect(verdict.pValue).toBeCloseTo(0.25, 10);
    expect(verdict.effect).toBeCloseTo(0.78);
    expect(verdict.text).toContain('SING on ended lower in 3 of 3 seeds (median 1.52 against 2.30, 34 % lower)');
    expect(verdict.text).toContain('3 seeds are too few');
    expect(verdict.text).toContain('6 or more are needed');
  });

  it('needs six seeds that agree, and then names the winner', () => {
    const off = [2.3, 2.31, 2.29, 2.3, 2.28, 2.32];
    const on = [1.5, 1.6, 1.4, 1.55, 1.45, 1.3];
    expect(trialVerdict(pairs(off, on), null)).toMatchObject({winner: 'on', pValue: p64});
    expect(trialVerdict(pairs(on, off), null)).toMatchObject({winner: 'off', pValue: p64});
    expect(trialVerdict(pairs(off.slice(1), on.slice(1)), null).winner).toBe('none');
  });

  it('calls a mixed result of many seeds chance', () => {
    const verdict = trialVerdict(pairs([1, 2, 3, 4, 5, 6, 7], [2, 1, 4, 3, 6, 5, 7.5]), null);
    expect(verdict.winner).toBe('none');
    expect(verdict.text).toContain('within chance');
    expect(verdict.text).not.toContain('too few');
  });

  it('takes equal arms as no difference', () => {
    const verdict = trialVerdict(pairs([1, 2, 3], [1, 2, 3]), null);
    expect(verdict).toMatchObject({winner: 'none', pValue: null, effect: 0});
    expect(verdict.text).toContain('same loss for every seed');
  });

  it('counts a diverged or lost run as worse than any number', () => {
    const off = [NaN, 1e9, null, Infinity, NaN, NaN];
    const verdict = trialVerdict(pairs(off, [1, 1, 1, 1, 1, 1], {off: [1]}), null);
    expect(verdict).toMatchObject({winner: 'on', pValue: p64, effect: Infinity});
    expect(verdict.text).toContain('without SING 6 of 6 diverged, with it 0');
  });

  it('does not reward SING where both arms diverged', () => {
    const verdict = trialVerdict(pairs([NaN, NaN], [NaN, NaN]), null);
    expect(verdict).toMatchObject({winner: 'none', effect: 0});
    expect(verdict.text).toContain('Both arms diverged with every seed');
  });

  it('says when seeds alone make more of a difference', () => {
    const text = trialVerdict(pairs([1, 1.1, 1.3], [0.99, 1.09, 1.29]), {finalLossSd: 0.15, sameSeedIdentical: true}).text;
    expect(text).toContain('smaller than what seeds alone make (sd 0.150)');
  });

  it('has nothing to say without pairs', () => {
    expect(trialVerdict([], null)).toMatchObject({winner: 'none', pValue: null, effect: null, pairs: 0});
  });

  it('takes copies of one experiment as one: they prove no winner', () => {
    const six = (sameAs: (number | null)[]): SeedPair[] => pairs([1, 1, 1, 1, 1, 1], [1.3, 1.3, 1.3, 1.3, 1.3, 1.3]).map((pair, i) => ({...pair, sameAs: sameAs[i] ?? null}));
    expect(trialVerdict(six([]), null)).toMatchObject({winner: 'off', pairs: 6});
    const one = trialVerdict(six([null, 1, 1, 1, 1, 1]), {finalLossSd: 0, sameSeedIdentical: true});
    expect(one).toMatchObject({winner: 'none', pValue: 1, effect: expect.closeTo(-0.3, 10) as number, pairs: 1});
    expect(one.text).toContain('The seed has no effect in this script: all 6 seeds trained alike, so this is one pair of runs, which proves no winner.');
    expect(one.text).toContain('draw them from Math.random');
    expect(one.text).not.toContain('--seeds');
    const three = trialVerdict(six([null, null, null, 1, 2, 3]), null);
    expect(three).toMatchObject({winner: 'none', pValue: 0.25, pairs: 3});
    expect(three.text).toContain('3 of 6 seeds trained exactly as another did');
  });

  it('compares nothing where no loss was seen, and does not call that diverged', () => {
    const verdict = trialVerdict(pairs([null, null], [null, null]), null);
    expect(verdict).toMatchObject({winner: 'none', pValue: null, effect: null, pairs: 0});
    expect(verdict.text).toMatch(/^No loss was seen in any run, so there is nothing to compare: .*singscope\?\.log/);
    expect(trialVerdict(pairs([null, 2], [null, 1]), null)).toMatchObject({effect: 1, pairs: 1});
    expect(trialVerdict(pairs([null], [null], {off: [0], on: [0]}), null).text).toContain('Both arms diverged');
  });
});

describe('two arms against off', () => {
  const off = [2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6];
  const lower = (by: number): number[] => off.map((loss, i) => loss - by - i / 100);

  it('p is corrected for both, so six seeds prove nothing and seven do', () => {
    expect(trialVerdict(pairs(off.slice(1), lower(1).slice(1)), null, 'full', 2)).toMatchObject({winner: 'none', pValue: expect.closeTo(4 / 64, 10)});
    expect(trialVerdict(pairs(off.slice(1), lower(1).slice(1)), null, 'full', 2).text).toContain('--seeds 7');
    expect(trialVerdict(pairs(off, lower(1)), null, 'full', 2)).toMatchObject({winner: 'full', pValue: expect.closeTo(4 / 128, 10)});
  });

  it('of two proven winners the one that ended lower wins; off wins only against both', () => {
    const [little, much, worse, same] = [lower(0.1), lower(1), lower(-1), off].map((losses, i) => trialVerdict(pairs(off, losses), null, i === 1 ? 'full' : 'on', 2)) as [Verdict, Verdict, Verdict, Verdict];
    expect(jointVerdict([little, much]).winner).toBe('full');
    expect(jointVerdict([worse, much]).winner).toBe('full');
    expect(jointVerdict([worse, worse]).winner).toBe('off');
    expect(jointVerdict([worse, same]).winner).toBe('none');
    expect(jointVerdict([little, same]).text).toBe(`${little.text} ${same.text}`);
  });
});

describe('pairedDifferences', () => {
  it('is positive where SING ended lower', () => {
    expect(pairedDifferences(pairs([2, NaN, 1], [1, 1, NaN]))).toEqual([
      {seed: 1, off: 2, on: 1, difference: 1},
      {seed: 2, off: Infinity, on: 1, difference: Infinity},
      {seed: 3, off: 1, on: Infinity, difference: -Infinity},
    ]);
    expect(pairedDifferences(pairs([null], [null]))).toEqual([{seed: 1, off: NaN, on: NaN, difference: NaN}]);
  });
});

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[Infinity, 1, Infinity, Infinity], Infinity],
    [[-Infinity, Infinity], 0],
    [[], NaN],
  ])('of %j is %f', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

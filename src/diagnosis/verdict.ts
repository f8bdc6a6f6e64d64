import type {ArmName, NoiseFloor, Verdict} from '../protocol/runSummary';
import {signedRank} from './signedRank';

const ALPHA = 0.05;

/** With n pairs the smallest two-sided p is 2 / 2^n: six are the fewest that reach 0.05, seven where it is one of two comparisons. */
function fewestSeeds(comparisons: number): number {
  return Math.ceil(1 + Math.log2(comparisons / ALPHA));
}

/** How one seed ended in both arms. */
export interface SeedPair {
  seed: number | null;
  off: ArmOutcome;
  on: ArmOutcome;
  /** An earlier seed that trained alike, step by step, in both arms: then this pair says nothing new. Null without one. */
  sameAs: number | null;
}

export interface ArmOutcome {
  /** Mean loss of the last steps; null or NaN where none was recorded. */
  finalLoss: number | null;
  diverged: boolean;
}

/** One row of the table of paired differences. */
export interface PairedDifference {
  seed: number | null;
  off: number;
  on: number;
  /** off − on: positive favours SING. 0 when both diverged, ±Infinity when one did, NaN without any loss. */
  difference: number;
}

/**
 * Final losses of both arms by seed. A diverged run, or one without a loss where the other arm has one, counts as
 * Infinity: worse than any number, and as bad as any other that diverged. Where neither arm has a loss both are NaN.
 */
export function pairedDifferences(pairs: readonly Omit<SeedPair, 'sameAs'>[]): PairedDifference[] {
  return pairs.map(({seed, off, on}) => {
    if (hasNoLoss(off) && hasNoLoss(on)) return {seed, off: NaN, on: NaN, difference: NaN};
    const offLoss = outcomeLoss(off);
    const onLoss = outcomeLoss(on);
    const difference = offLoss === onLoss ? 0 : offLoss - onLoss;
    return {seed, off: offLoss, on: onLoss, difference};
  });
}

/**
 * Says whether SING helped, and only what the seeds carry: a winner needs an exact two-sided
 * signed-rank p below 0.05 over the paired final losses. `effect` is the median of off − on. Seeds that trained alike
 * count once: copies of one experiment prove nothing more.
 * @param comparisons how many arms are compared with off: p is corrected for it (Bonferroni)
 */
export function trialVerdict(pairs: readonly SeedPair[], noise: NoiseFloor | null, winnerArm: ArmName = 'on', comparisons = 1): Verdict {
  if (pairs.length === 0) return nothingCompared('No seed finished in both arms, so there is nothing to compare: look at the runs that failed.');
  const withLoss = pairs.filter(({off, on}) => !hasNoLoss(off) || !hasNoLoss(on));
  if (withLoss.length === 0) return nothingCompared('No loss was seen in any run, so there is nothing to compare: report one with globalThis.singscope?.log({loss: value}).');
  const rows = pairedDifferences(withLoss.filter(({sameAs}) => sameAs === null));
  const copies = withLoss.length - rows.length;
  const repeats = copies === 0 ? '' : ` ${copies} of ${withLoss.length} seeds trained exactly as another did and do not count.`;
  const effect = median(rows.map((row) => row.difference));
  const {pValue: p, pairs: differing} = signedRank(rows.map((row) => row.difference));
  const pValue = p === null ? null : Math.min(1, p * comparisons);
  const fewest = fewestSeeds(comparisons);
  const seen = whatWasSeen(rows, winnerArm);
  const none = {winner: 'none', pValue, effect, pairs: rows.length} as const;
  if (differing === 0) {
    const both = rows.every((row) => row.off === Infinity) ? 'Both arms diverged with every seed' : 'Both arms ended with the same loss for every seed';
    return {...none, text: `${both}: SING makes no difference here.${repeats}`};
  }
  if (copies > 0 && rows.length === 1) {
    return {...none, text: `The seed has no effect in this script: all ${withLoss.length} seeds trained alike, so this is one pair of runs, which proves no winner. ${seen}. Leave out the script's own seeds, or draw them from Math.random, which --seed sets.`};
  }
  const proven = pValue !== null && pValue < ALPHA;
  const favours = rows.filter((row) => row.difference > 0).length > rows.filter((row) => row.difference < 0).length;
  if (proven) {
    const text = `${seen} (p = ${formatP(pValue)}).${noiseRemark(effect, noise)}${repeats}`;
    return {...none, winner: favours ? winnerArm : 'off', text};
  }
  if (rows.length < fewest) {
    const count = rows.length === 1 ? '1 seed is' : `${rows.length} seeds are`;
    const more = copies === 0 ? ` (--seeds ${fewest})` : '';
    return {...none, text: `${seen}, but ${count} too few to call it proven: ${fewest} or more are needed${more}.${noiseRemark(effect, noise)}${repeats}`};
  }
  return {...none, text: `${seen}; with ${rows.length} seeds that is within chance (p = ${formatP(pValue)}): no winner.${noiseRemark(effect, noise)}${repeats}`};
}

/** Several comparisons with off as one verdict: the proven winner whose median loss is lowest, and what was seen of each. */
export function jointVerdict(verdicts: readonly Verdict[]): Verdict {
  const best = (candidates: readonly Verdict[]): Verdict | undefined => candidates.reduce<Verdict | undefined>((a, b) => (a === undefined || (b.effect ?? -Infinity) > (a.effect ?? -Infinity) ? b : a), undefined);
  const winners = verdicts.filter(({winner}) => winner !== 'none' && winner !== 'off');
  const chosen = best(winners) ?? best(verdicts) ?? nothingCompared('');
  const winner = winners.length > 0 ? chosen.winner : verdicts.every((verdict) => verdict.winner === 'off') ? 'off' : 'none';
  return {...chosen, winner, text: verdicts.map(({text}) => text).join(' ')};
}

function whatWasSeen(rows: readonly PairedDifference[], arm: ArmName): string {
  const n = rows.length;
  const lower = rows.filter((row) => row.difference > 0).length;
  const higher = rows.filter((row) => row.difference < 0).length;
  const name = arm === 'on' ? 'SING on' : `SING ${arm}`;
  const on = median(rows.map((row) => row.on));
  const off = median(rows.map((row) => row.off));
  const losses = `${formatLoss(on)} against ${formatLoss(off)}${relative(on, off)}`;
  const [way, count] = higher > lower ? ['higher', higher] : ['lower', lower];
  const seen = n === 1 ? `${name} ended ${way} (${losses})` : `${name} ended ${way} in ${count} of ${n} seeds (median ${losses})`;
  const offDiverged = rows.filter((row) => row.off === Infinity).length;
  const onDiverged = rows.filter((row) => row.on === Infinity).length;
  if (offDiverged === 0 && onDiverged === 0) return seen;
  return `${seen}; without SING ${offDiverged} of ${n} diverged, with it ${onDiverged}`;
}

function noiseRemark(effect: number, noise: NoiseFloor | null): string {
  const sd = noise?.finalLossSd ?? null;
  if (noise?.sameSeedIdentical === false) return ' The same seed twice gave different losses, so part of this is the run\'s own randomness.';
  if (sd === null || !Number.isFinite(sd) || !Number.isFinite(effect) || Math.abs(effect) >= sd) return '';
  return ` The difference is smaller than what seeds alone make (sd ${formatLoss(sd)}).`;
}

function nothingCompared(text: string): Verdict {
  return {winner: 'none', pValue: null, effect: null, pairs: 0, text};
}

/** No loss was seen, and nothing else says that the training went astray. */
function hasNoLoss({finalLoss, diverged}: ArmOutcome): boolean {
  return finalLoss === null && !diverged;
}

function outcomeLoss({finalLoss, diverged}: ArmOutcome): number {
  return diverged || finalLoss === null || !Number.isFinite(finalLoss) ? Infinity : finalLoss;
}

/** Median; the mean of the middle two is taken without making NaN of two infinities. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => (a === b ? 0 : a - b));
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? NaN;
  const low = sorted[middle - 1] ?? NaN;
  if (sorted.length % 2 === 1 || low === high) return high;
  return low === -high ? 0 : (low + high) / 2;
}

/** `, 34 % lower`; nothing where a share says nothing. */
function relative(on: number, off: number): string {
  const share = (on - off) / off;
  if (!Number.isFinite(share) || share === 0 || off <= 0) return '';
  const percent = Math.abs(share) * 100;
  return `, ${percent < 1 ? 'less than 1' : percent.toFixed(0)} % ${share > 0 ? 'higher' : 'lower'}`;
}

function formatLoss(value: number): string {
  if (value === Infinity) return 'diverged';
  const size = Math.abs(value);
  if (size === 0 || size >= 1000) return value.toFixed(0);
  return size < 1e-3 ? value.toExponential(1) : value.toPrecision(3);
}

function formatP(value: number | null): string {
  return value === null ? 'none' : Number(value.toPrecision(2)).toString();
}

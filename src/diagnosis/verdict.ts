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
  /** off − on: positive favours SING. 0 when both diverged, ±Infinity when one did. */
  difference: number;
}

/**
 * Final losses of both arms by seed. A diverged run, or one without a loss, counts as Infinity:
 * worse than any number, and as bad as any other that diverged.
 */
export function pairedDifferences(pairs: readonly SeedPair[]): PairedDifference[] {
  return pairs.map(({seed, off, on}) => {
    const offLoss = outcomeLoss(off);
    const onLoss = outcomeLoss(on);
    const difference = offLoss === onLoss ? 0 : offLoss - onLoss;
    return {seed, off: offLoss, on: onLoss, difference};
  });
}

/**
 * Says whether SING helped, and only what the seeds carry: a winner needs an exact two-sided
 * signed-rank p below 0.05 over the paired final losses. `effect` is the median of off − on.
 * @param comparisons how many arms are compared with off: p is corrected for it (Bonferroni)
 */
export function trialVerdict(pairs: readonly SeedPair[], noise: NoiseFloor | null, winnerArm: ArmName = 'on', comparisons = 1): Verdict {
  if (pairs.length === 0) {
    return {winner: 'none', pValue: null, effect: null, text: 'No seed finished in both arms, so there is nothing to compare: look at the runs that failed.'};
  }
  const rows = pairedDifferences(pairs);
  const effect = median(rows.map((row) => row.difference));
  const {pValue: p, pairs: differing} = signedRank(rows.map((row) => row.difference));
  const pValue = p === null ? null : Math.min(1, p * comparisons);
  const fewest = fewestSeeds(comparisons);
  const seen = whatWasSeen(rows, winnerArm);
  if (differing === 0) {
    const both = rows.every((row) => row.off === Infinity) ? 'Both arms diverged with every seed' : 'Both arms ended with the same loss for every seed';
    return {winner: 'none', pValue, effect, text: `${both}: SING makes no difference here.`};
  }
  const proven = pValue !== null && pValue < ALPHA;
  const favours = rows.filter((row) => row.difference > 0).length > rows.filter((row) => row.difference < 0).length;
  if (proven) {
    const text = `${seen} (p = ${formatP(pValue)}).${noiseRemark(effect, noise)}`;
    return {winner: favours ? winnerArm : 'off', pValue, effect, text};
  }
  if (rows.length < fewest) {
    const count = rows.length === 1 ? '1 seed is' : `${rows.length} seeds are`;
    return {winner: 'none', pValue, effect, text: `${seen}, but ${count} too few to call it proven: ${fewest} or more are needed (--seeds ${fewest}).${noiseRemark(effect, noise)}`};
  }
  return {winner: 'none', pValue, effect, text: `${seen}; with ${rows.length} seeds that is within chance (p = ${formatP(pValue)}): no winner.${noiseRemark(effect, noise)}`};
}

/** Several comparisons with off as one verdict: the proven winner whose median loss is lowest, and what was seen of each. */
export function jointVerdict(verdicts: readonly Verdict[]): Verdict {
  const best = (candidates: readonly Verdict[]): Verdict | undefined => candidates.reduce<Verdict | undefined>((a, b) => (a === undefined || (b.effect ?? -Infinity) > (a.effect ?? -Infinity) ? b : a), undefined);
  const winners = verdicts.filter(({winner}) => winner !== 'none' && winner !== 'off');
  const chosen = best(winners) ?? best(verdicts) ?? {winner: 'none', pValue: null, effect: null, text: ''};
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
  const losses = `median ${formatLoss(on)} against ${formatLoss(off)}${relative(on, off)}`;
  const seen = higher > lower
    ? `${name} ended higher in ${higher} of ${n} seeds (${losses})`
    : `${name} ended lower in ${lower} of ${n} seeds (${losses})`;
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

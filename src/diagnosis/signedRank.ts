import wilcoxon from '@stdlib/stats-wilcoxon';

/** Outcome of a signed-rank test over paired differences. */
export interface SignedRank {
  /** Two-sided and exact; null when no pair differs. */
  pValue: number | null;
  /** Pairs that differ. */
  pairs: number;
}

/**
 * Wilcoxon's signed-rank test on paired differences, two-sided and exact.
 * Differences of 0 say nothing and are left out; ±Infinity ranks highest.
 *
 * The library counts exactly only where no two differences tie, and falls back to a normal
 * approximation elsewhere, which no handful of seeds carries; so ties are counted here,
 * over all 2^n signs of the midranks.
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const nonZero = differences.filter((difference) => difference !== 0 && !Number.isNaN(difference));
  const pairs = nonZero.length;
  if (pairs === 0) return {pValue: null, pairs};
  // Twice the midrank, so that ties stay integers.
  const doubled = doubledMidranks(nonZero.map(Math.abs));
  const tied = doubled.some((rank) => rank % 2 === 1) || new Set(doubled).size < pairs;
  if (!tied && pairs > 1) {
    const signed = doubled.map((rank, i) => (rank / 2) * Math.sign(nonZero[i] ?? 0));
    const patterns = 2 ** pairs;
    // The library counts in logarithms: the last digits are put right, p being a whole number of patterns.
    return {pValue: Math.min(1, Math.round(wilcoxon(signed, {exact: true}).pValue * patterns) / patterns), pairs};
  }
  const positive = doubled.reduce((sum, rank, i) => sum + ((nonZero[i] ?? 0) > 0 ? rank : 0), 0);
  return {pValue: exactPValue(doubled, positive), pairs};
}

function doubledMidranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const same = values.filter((other) => other === value).length;
    return 2 * below + same + 1;
  });
}

/** Share of all sign patterns whose sum is at least as far from the middle as `observed`. */
function exactPValue(ranks: readonly number[], observed: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  let ways = new Float64Array(total + 1);
  ways[0] = 1;
  for (const rank of ranks) {
    const next = ways.slice();
    for (let sum = rank; sum <= total; sum++) next[sum] = (ways[sum] ?? 0) + (ways[sum - rank] ?? 0);
    ways = next;
  }
  const distance = Math.abs(2 * observed - total);
  let extreme = 0;
  for (let sum = 0; sum <= total; sum++) {
    if (Math.abs(2 * sum - total) >= distance) extreme += ways[sum] ?? 0;
  }
  return extreme / 2 ** ranks.length;
}

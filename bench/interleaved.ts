/** One of the things that are timed against each other. */
export interface TimedArm {
  name: string;
  /** Takes part in every so many rounds; 1 where left out. */
  every?: number;
  /** What is timed. */
  step(round: number): void;
}

/** Milliseconds of each arm in each round; null where it took no part. */
export type Times = ReadonlyMap<string, (number | null)[]>;

/**
 * Times the arms in turns, step by step, so that whatever slows the machine slows all alike. A step also pays for
 * what the one before it left behind, so every arm comes equally often right after every other.
 * @param warmUp rounds before those that count
 */
export function timeInterleaved(arms: readonly TimedArm[], rounds: number, warmUp: number): Times {
  const times = new Map(arms.map(({name}) => [name, Array<number | null>(rounds).fill(null)]));
  const orders = balancedOrders(arms.length);
  for (let round = -warmUp; round < rounds; round++) {
    for (const at of orders[(round + warmUp) % orders.length]!) {
      const {name, every = 1, step} = arms[at]!;
      if (round >= 0 && round % every !== 0) continue;
      const begun = performance.now();
      step(round + warmUp);
      if (round >= 0) times.get(name)![round] = performance.now() - begun;
    }
  }
  return times;
}

/** Orders in which each of `count` comes equally often at every place and right after every other: Williams' design. */
function balancedOrders(count: number): number[][] {
  const first = Array.from({length: count}, (_, place) => (place % 2 === 1 ? (place + 1) / 2 : (count - place / 2) % count));
  const rotated = first.map((_, shift) => first.map((at) => (at + shift) % count));
  return count % 2 === 0 ? rotated : [...rotated, ...rotated.map((order) => [...order].reverse())];
}

/** The rounds in which both took part. */
export function pairsOf(times: Times, arm: string, baseline: string): [value: number, baseline: number][] {
  const others = times.get(baseline)!;
  return times.get(arm)!.flatMap((value, round) => {
    const other = others[round] ?? null;
    return value === null || other === null ? [] : [[value, other] as [number, number]];
  });
}

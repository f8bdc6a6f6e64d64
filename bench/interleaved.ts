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
 * Times the arms in turns, step by step, so that whatever slows the machine slows all alike; the order
 * rotates, since a step also pays for what the one before it left behind.
 * @param warmUp rounds before those that count
 */
export function timeInterleaved(arms: readonly TimedArm[], rounds: number, warmUp: number): Times {
  const times = new Map(arms.map(({name}) => [name, Array<number | null>(rounds).fill(null)]));
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < arms.length; turn++) {
      const {name, every = 1, step} = arms[(turn + round + warmUp) % arms.length]!;
      if (round >= 0 && round % every !== 0) continue;
      const begun = performance.now();
      step(round + warmUp);
      if (round >= 0) times.get(name)![round] = performance.now() - begun;
    }
  }
  return times;
}

/** The rounds in which both took part. */
export function pairsOf(times: Times, arm: string, baseline: string): [value: number, baseline: number][] {
  const others = times.get(baseline)!;
  return times.get(arm)!.flatMap((value, round) => {
    const other = others[round] ?? null;
    return value === null || other === null ? [] : [[value, other] as [number, number]];
  });
}

import {wrapMethod} from './prototypeHooks';

/**
 * sfc32 (Chris Doty-Humphrey, PractRand): a small generator with a long period.
 * @returns numbers in [0, 1) with 32 random bits, as `Math.random` does
 */
export function seededRandom(seed: number): () => number {
  let a = seed | 0;
  let b = Math.floor(seed / 2 ** 32) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result | 0;
    return (result >>> 0) / 2 ** 32;
  };
  // Seeds that lie close together need some rounds to part.
  for (let round = 0; round < 20; round++) next();
  return next;
}

/**
 * Makes the process repeatable: tfjs draws the seeds of its initializers, dropout and fit's
 * shuffling from `Math.random`.
 * @param thread id of the thread, so that two threads don't draw the same numbers
 */
export function seedProcess(seed: number, thread: number): void {
  Math.random = seededRandom(seed + thread * 2 ** 32);
}

/** `Dataset.shuffle` seeds itself by the clock: here from the seeded `Math.random`. */
export function seedDataset(prototype: object): void {
  wrapMethod<(this: object, size: number, seed?: string | null, ...rest: unknown[]) => unknown>(prototype, 'shuffle', (original) => function shuffle(this: object, size, seed, ...rest) {
    return original.call(this, size, seed ?? String(Math.random()), ...rest);
  });
}

import {wrapMethod} from './prototypeHooks';
import type {TfEngine} from './tfjsTypes';

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

/** Streams of numbers that one thread may use up: one before tfjs has loaded, and one after each of its packages. */
const STREAMS = 64;
let draw: (() => number) | null = null;

/**
 * Makes the process repeatable: tfjs draws the seeds of its initializers, dropout and fit's
 * shuffling from `Math.random`.
 * @param thread id of the thread, so that two threads don't draw the same numbers
 * @param loaded tfjs packages that the script has loaded: loading draws numbers too, more or fewer by
 *   runtime, and what the script draws is not to depend on that
 */
export function seedProcess(seed: number, thread: number, loaded: number): void {
  const first = draw === null;
  const next = seededRandom(seed + (thread * STREAMS + loaded) * 2 ** 32);
  draw = next;
  // Set once: a script that has put its own in place keeps it.
  if (first) Math.random = () => (draw ?? next)();
}

/** `Dataset.shuffle` seeds itself by the clock: here from the seeded `Math.random`. */
export function seedDataset(prototype: object): void {
  wrapMethod<(this: object, size: number, seed?: string | null, ...rest: unknown[]) => unknown>(prototype, 'shuffle', (original) => function shuffle(this: object, size, seed, ...rest) {
    return original.call(this, size, seed ?? String(Math.random()), ...rest);
  });
}

/**
 * `tf.multinomial` draws its seed in [0, 1), where TensorFlow wants a whole number: 0, which to it
 * means a seed by the clock. Here a whole one from the same draw.
 */
export function seedMultinomial(engine: TfEngine): void {
  const {runKernel} = engine;
  engine.runKernel = (kernel, inputs, attributes) => {
    const seed = kernel === 'Multinomial' ? attributes?.['seed'] : undefined;
    const drawn = typeof seed === 'number' && seed > 0 && seed < 1 && engine.backend.binding !== undefined;
    return runKernel.call(engine, kernel, inputs, drawn ? {...attributes, seed: 1 + Math.floor(seed * 2 ** 30)} : attributes);
  };
}

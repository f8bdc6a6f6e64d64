import {setTimeout as sleep} from 'node:timers/promises';

/**
 * Waits until `look` returns something that is neither undefined, null nor false.
 * @param what named in the error
 * @throws Error after `limitMs`, with the last failure of `look`
 */
export async function eventually<T>(what: string, look: () => T | Promise<T>, limitMs = 120_000): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + limitMs;
  let failure: unknown = null;
  do {
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as NonNullable<Exclude<T, false>>;
    } catch (error) {
      failure = error;
    }
    await sleep(50);
  } while (Date.now() < end);
  throw new Error(`Waited ${limitMs / 1000} s for ${what} in vain.`, {cause: failure});
}

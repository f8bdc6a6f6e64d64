/** Runs `body` with Math.random, and so tfjs' initializers and dropout, seeded. */
export async function withSeed<T>(seed: number, body: () => Promise<T>): Promise<T> {
  const original = Math.random;
  let state = (seed * 2654435761) >>> 0;
  // mulberry32
  Math.random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  try {
    return await body();
  } finally {
    Math.random = original;
  }
}

/** One standard normal number from Math.random. */
export function gaussian(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

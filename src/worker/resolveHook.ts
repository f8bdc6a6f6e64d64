// Runs in Node's loader thread, or in the script's own where hooks are synchronous.

const WANTED = new Set(['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu']);
let standIns = '';

interface Resolved {
  url: string;
  format?: string;
  shortCircuit?: boolean;
}

type Next = (specifier: string, context: unknown) => Promise<Resolved>;

export function initialize(data: {standIns: string}): void {
  standIns = data.standIns;
}

/** A static import of a package that is not there fails before any require could be patched. */
export async function resolve(specifier: string, context: unknown, next: Next): Promise<Resolved> {
  if (!WANTED.has(specifier)) return next(specifier, context);
  try {
    return await next(specifier, context);
  } catch (error) {
    if ((error as {code?: string}).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return {url: `${standIns}/${specifier.replace('@tensorflow/', '')}.cjs`, format: 'commonjs', shortCircuit: true};
  }
}

import {existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {quoteNodeOption} from './nodeOptions';

const HOOK = '.pnp.cjs';

/** What Yarn's hook offers to whoever loads it without `--require`. */
interface PlugAndPlayApi {
  resolveRequest(request: string, issuer: string): string | null;
}

/** The hook of Yarn's Plug'n'Play by which files in `folder` find their packages; null where they lie in node_modules. */
export function findPlugAndPlay(folder: string): string | null {
  for (let dir = folder; ; dir = dirname(dir)) {
    if (existsSync(join(dir, HOOK))) return join(dir, HOOK);
    // A project of its own within another.
    if (existsSync(join(dir, 'node_modules', '@tensorflow')) || dirname(dir) === dir) return null;
  }
}

/** The environment of a Node that is to find the packages of `folder`, as `yarn node` sets it. */
export function withPlugAndPlay(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const hook = findPlugAndPlay(folder);
  if (hook === null || env.NODE_OPTIONS?.includes(HOOK)) return env;
  const loader = join(dirname(hook), '.pnp.loader.mjs');
  const options = ['--require', quoteNodeOption(hook), ...(existsSync(loader) ? ['--experimental-loader', pathToFileURL(loader).href] : [])];
  return {...env, NODE_OPTIONS: [env.NODE_OPTIONS, ...options].filter(Boolean).join(' ')};
}

/** Path of what `request` means in the file `issuer`, in node_modules or by Plug'n'Play; null: it is not there. */
export function resolveFrom(issuer: string, request: string): string | null {
  try {
    return createRequire(issuer).resolve(request);
  } catch {
    return resolveByHook(issuer, request);
  }
}

function resolveByHook(issuer: string, request: string): string | null {
  const hook = findPlugAndPlay(dirname(issuer));
  if (hook === null) return null;
  try {
    return (createRequire(hook)(hook) as PlugAndPlayApi).resolveRequest(request, issuer);
  } catch {
    return null;
  }
}

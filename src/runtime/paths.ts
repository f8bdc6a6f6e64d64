import {homedir} from 'node:os';
import {isAbsolute, join, resolve} from 'node:path';

/** TensorFlow whose library a managed runtime carries. */
export const TENSORFLOW_VERSION = '2.21.0';
/** tfjs-node-gpu whose JavaScript and binding a managed runtime carries. */
export const TFJS_VERSION = '4.22.0';

export type Device = 'cpu' | 'gpu';

/** Folder that holds the managed runtimes: `dir`, else SINGSCOPE_RUNTIME_DIR, else the user's cache. */
export function runtimesDir(dir: string | null, env: NodeJS.ProcessEnv = process.env): string {
  const named = dir ?? env['SINGSCOPE_RUNTIME_DIR'];
  if (named) return resolve(named);
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification says to ignore a relative path.
  const cache = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(cache, 'singscope', 'runtime');
}

/** Name of a runtime's folder: what is in it. */
export function runtimeName(device: Device): string {
  return `tf-${TENSORFLOW_VERSION}-${device}`;
}

/** Where the parts of a runtime lie. */
export interface RuntimeParts {
  manifest: string;
  binding: string;
  ops: string;
  libraries: string;
  headers: string;
  nodeModules: string;
  tfjsNode: string;
}

export function partsOf(dir: string): RuntimeParts {
  return {
    manifest: join(dir, 'runtime.json'),
    binding: join(dir, 'lib', 'tfjs_binding.node'),
    ops: join(dir, 'lib', 'singscope_ops.node'),
    libraries: join(dir, 'deps', 'lib'),
    headers: join(dir, 'deps', 'include'),
    nodeModules: join(dir, 'node_modules'),
    tfjsNode: join(dir, 'node_modules', '@tensorflow', 'tfjs-node-gpu'),
  };
}

import {cpSync, existsSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {installRuntime} from '../../src/runtime/installation';
import type {ManagedRuntime} from '../../src/runtime/managedRuntime';

/** Root of this package. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * The managed runtime of this machine (SINGSCOPE_RUNTIME_DIR or the user's cache), with ops from the
 * sources as they are now. The first call on a machine downloads and builds it, which takes minutes.
 */
export async function managedRuntime(): Promise<ManagedRuntime> {
  provideHeaders();
  let phase = '';
  const {runtime, opsError} = await installRuntime({
    packageRoot, gpu: false, from: null, dir: null, node: process.execPath,
    onProgress: (progress) => {
      if (progress.phase !== phase) process.stderr.write(`managed runtime: ${progress.phase} ${progress.detail}\n`);
      phase = progress.phase;
    },
  });
  if (opsError !== null) throw new Error(`The managed runtime has no ops: ${opsError}`);
  return runtime;
}

/** The build copies Node-API's headers into dist; tests of the sources don't wait for a build. */
export function provideHeaders(): void {
  const target = join(packageRoot, 'dist', 'include', 'node');
  if (existsSync(join(target, 'node_api.h'))) return;
  const source = dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json'));
  cpSync(join(source, 'include'), target, {recursive: true});
}

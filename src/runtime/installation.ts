import {join} from 'node:path';
import {digestOfOpsSource, findCompiler} from './compilation';
import {withLock} from './installLock';
import type {InstallOptions, InstallResult} from './installOptions';
import {runtimeAt} from './managedRuntime';
import {readManifest} from './manifest';
import {type Device, TFJS_VERSION, runtimeName, runtimesDir} from './paths';
import {requireSpace, unsupportedPlatform} from './platformCheck';
import {findPrebuilt} from './prebuilt';
import {noCompiler} from './nativePart';
import {buildRuntime} from './runtimeBuild';
import {RuntimeError} from './runtimeError';

/**
 * Builds a managed runtime and puts it in place in one step; where one is there, brings its ops up to
 * date. An interrupted install goes on where it stopped; two at once wait for each other.
 * @throws RuntimeError saying what is wrong and the mend; the reason of `signal` when it aborts.
 * Nothing is in place then that was not before.
 */
export async function installRuntime(options: InstallOptions): Promise<InstallResult> {
  const {signal} = options;
  const unsupported = unsupportedPlatform();
  if (unsupported !== null) {
    throw new RuntimeError(`There is no managed runtime for ${unsupported} yet, only for Linux x64 with glibc: use the workspace's own tfjs-node or tfjs-node-gpu, or pure JavaScript.`);
  }
  const device: Device = options.gpu ? 'gpu' : 'cpu';
  const root = runtimesDir(options.dir);
  const name = runtimeName(device);
  const complete = upToDate(root, name, options.packageRoot);
  if (complete !== null) return complete;
  const native = await findPrebuilt(options.packageRoot);
  const compiler = await findCompiler(process.env, signal);
  if (native.prebuilt === null && compiler === null) throw noCompiler(native.problem);
  requireSpace(root, device);
  const onWait = (pid: number): void => { options.onProgress({phase: 'wait', detail: `process ${pid} is installing too`, done: null, total: null}); };
  return withLock(join(root, `.${name}.lock`), async () => {
    const other = upToDate(root, name, options.packageRoot);
    if (other !== null) return other;
    return buildRuntime({root, name, device, compiler, native, options});
  }, onWait, signal);
}

function upToDate(root: string, name: string, packageRoot: string): InstallResult | null {
  const runtime = runtimeAt(root, name);
  const manifest = readManifest(join(root, name));
  if (runtime === null || manifest === null || manifest.tfjs !== TFJS_VERSION) return null;
  if (runtime.opsPath === null || manifest.opsSource !== digestOfOpsSource(packageRoot)) return null;
  return {runtime, installed: false, opsError: null, prebuiltProblem: null};
}

import {existsSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {messageOf} from '../platform/failure';
import {readManifest} from './manifest';
import {type Device, partsOf, runtimesDir} from './paths';
import {RuntimeError} from './runtimeError';

const REMOVED = '.removed-';

/** A TensorFlow that `singscope runtime install` has built. */
export interface ManagedRuntime {
  name: string;
  dir: string;
  /** The tfjs binding, to be loaded in place of the one of tfjs-node(-gpu). */
  bindingPath: string;
  /** The ops of `native/`; null where they could not be built. */
  opsPath: string | null;
  /** An installed tfjs-node-gpu that finds the binding by itself. */
  tfjsNodeDir: string;
  tensorflow: string;
  tfjs: string;
  device: Device;
}

/** All complete runtimes, by name. */
export function listRuntimes(dir: string | null = null): ManagedRuntime[] {
  const root = runtimesDir(dir);
  if (!existsSync(root)) return [];
  return readdirSync(root).filter((name) => !name.startsWith('.')).sort()
    .flatMap((name) => runtimeAt(root, name) ?? []);
}

/** The runtime to run on: the one for the GPU where there is an NVIDIA driver, else the one for the CPU. */
export function findManagedRuntime(dir: string | null = null): ManagedRuntime | null {
  const runtimes = listRuntimes(dir);
  const wanted: Device = existsSync('/proc/driver/nvidia/version') ? 'gpu' : 'cpu';
  return runtimes.find((runtime) => runtime.device === wanted) ?? runtimes[0] ?? null;
}

/**
 * Removes a runtime. Trainings that have it loaded go on.
 * @throws RuntimeError when there is none of that name, or it can't be removed
 */
export function removeRuntime(name: string, dir: string | null = null): void {
  const root = runtimesDir(dir);
  const names = listRuntimes(dir).map((runtime) => runtime.name);
  if (!names.includes(name)) {
    const there = names.length === 0 ? 'none is installed' : `there is ${names.join(', ')}`;
    throw new RuntimeError(`No managed runtime is called ${name} in ${root}: ${there}.`);
  }
  try {
    setAside(join(root, name));
    sweepRemoved(root);
  } catch (error) {
    throw new RuntimeError(`${join(root, name)} can't be removed (${messageOf(error)}): check its permissions, or delete the folder yourself.`);
  }
}

/** Hides a runtime at once from whoever looks for one, however long its deletion takes. */
export function setAside(dir: string): void {
  renameSync(dir, join(dirname(dir), `${REMOVED}${basename(dir)}-${process.pid}-${Date.now()}`));
}

/** Deletes what was set aside, also by a process that ended before it had done so. */
export function sweepRemoved(root: string): void {
  for (const name of readdirSync(root).filter((entry) => entry.startsWith(REMOVED))) rmSync(join(root, name), {recursive: true, force: true});
}

/** The runtime in folder `name` of `root`, or null where that is not a complete one. */
export function runtimeAt(root: string, name: string): ManagedRuntime | null {
  const dir = join(root, name);
  const manifest = readManifest(dir);
  const parts = partsOf(dir);
  if (manifest === null || !existsSync(parts.binding)) return null;
  return {
    name,
    dir,
    bindingPath: parts.binding,
    opsPath: manifest.opsSource !== null && existsSync(parts.ops) ? parts.ops : null,
    tfjsNodeDir: parts.tfjsNode,
    tensorflow: manifest.tensorflow,
    tfjs: manifest.tfjs,
    device: manifest.device,
  };
}

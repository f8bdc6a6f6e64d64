import {existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import * as v from 'valibot';
import {digestOfOpsSource} from './compilation';
import {sha256Of} from './download';
import type {InstallOptions, InstallPhase, InstallResult} from './installOptions';
import {runtimeAt, setAside, sweepRemoved} from './managedRuntime';
import {readManifest, writeManifest} from './manifest';
import {type Device, TENSORFLOW_VERSION, TFJS_VERSION, partsOf} from './paths';
import {type NativeJob, type NativePart, addNativePart} from './nativePart';
import {glibcMinor} from './platformCheck';
import {RuntimeError} from './runtimeError';
import {installLibrary} from './tensorflowLibrary';
import {installTfjs} from './tfjsPackage';
import {folderSource, indexSource} from './wheelSource';

export interface BuildJob extends NativeJob {
  root: string;
  name: string;
  device: Device;
  options: InstallOptions;
}

const digestsSchema = v.record(v.string(), v.string());

/** Builds the runtime of a job, or only its ops where the rest is there; the caller holds the lock. */
export async function buildRuntime(job: BuildJob): Promise<InstallResult> {
  const {root, name} = job;
  const target = join(root, name);
  if (runtimeAt(root, name) !== null && readManifest(target)?.tfjs === TFJS_VERSION) return renewOps(job, target);
  // What an interrupted install has finished is found here again.
  const staging = join(root, `.partial-${name}-tfjs-${TFJS_VERSION}`);
  mkdirSync(staging, {recursive: true});
  try {
    const digests = await installParts(job, staging);
    linkBinding(staging);
    const built = await addNativePart(job, staging, 'all');
    await describe(job, staging, digests, built);
    putInPlace(staging, target);
    return resultFor(job, built);
  } finally {
    removeIfEmpty(staging);
    removeIfEmpty(join(root, '.downloads'));
    sweepRemoved(root);
  }
}

async function renewOps(job: BuildJob, target: string): Promise<InstallResult> {
  const manifest = readManifest(target);
  const built = await addNativePart(job, target, 'ops');
  await describe(job, target, manifest?.sha256 ?? {}, built);
  return resultFor(job, built);
}

function resultFor({root, name}: BuildJob, {opsError, prebuiltProblem}: NativePart): InstallResult {
  const runtime = runtimeAt(root, name);
  if (runtime === null) throw new RuntimeError(`${join(root, name)} was built but can't be read: check its permissions and run the command again.`);
  return {runtime, installed: true, opsError, prebuiltProblem};
}

function report(job: Pick<BuildJob, 'options'>, phase: InstallPhase, detail: string, done: number | null = null, total: number | null = null): void {
  job.options.onProgress({phase, detail, done, total});
}

/** The parts that are not compiled here. Returns the digests of the wheels. */
async function installParts(job: BuildJob, staging: string): Promise<Record<string, string>> {
  const {signal} = job.options;
  const from = job.options.from === null ? null : resolve(job.options.from);
  const glibc = glibcMinor() ?? 0;
  const deps = join(staging, 'deps');
  await once(deps, async (unfinished) => {
    const source = from === null ? indexSource(join(job.root, '.downloads'), glibc) : folderSource(from, glibc);
    const digests = await installLibrary(unfinished, job.device, source, (phase, detail, done, total) => { report(job, phase, detail, done, total); }, signal);
    writeFileSync(join(unfinished, 'wheels.json'), JSON.stringify(digests));
  });
  const parts = partsOf(staging);
  await once(parts.nodeModules, async (unfinished) => {
    report(job, 'tfjs', `@tensorflow/tfjs-node-gpu ${TFJS_VERSION}`);
    // npm makes a node_modules of its own; it is what is wanted.
    const prefix = `${unfinished}-prefix`;
    try {
      await installTfjs(prefix, from, signal);
      renameSync(join(prefix, 'node_modules'), unfinished);
    } finally {
      rmSync(prefix, {recursive: true, force: true});
    }
  });
  return v.parse(digestsSchema, JSON.parse(readFileSync(join(deps, 'wheels.json'), 'utf8')));
}

/** Makes a folder unless it is there; it gets its name only when it is whole. */
async function once(folder: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, {recursive: true, force: true});
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, {recursive: true, force: true});
    throw error;
  }
}

/** Lets tfjs-node-gpu find the binding where it looks for its own. */
function linkBinding(dir: string): void {
  const {binding, tfjsNode} = partsOf(dir);
  const link = join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');
  rmSync(link, {force: true});
  mkdirSync(dirname(link), {recursive: true});
  symlinkSync(relative(dirname(link), binding), link);
}

async function describe(job: BuildJob, dir: string, digests: Record<string, string>, {compiler, opsError}: NativePart): Promise<void> {
  const parts = partsOf(dir);
  const sha256 = {...digests};
  for (const path of [parts.binding, parts.ops].filter((file) => existsSync(file))) sha256[relative(dir, path)] = await sha256Of(path);
  writeManifest(dir, {
    tensorflow: TENSORFLOW_VERSION, device: job.device, tfjs: TFJS_VERSION, compiler,
    opsSource: opsError === null ? digestOfOpsSource(job.options.packageRoot) : null, opsError, sha256,
  });
}

function putInPlace(staging: string, target: string): void {
  if (existsSync(target)) setAside(target);
  renameSync(staging, target);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

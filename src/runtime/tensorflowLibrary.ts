import {mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {type Device, TENSORFLOW_VERSION} from './paths';
import {requirementsOfExtra} from './requirement';
import {RuntimeError} from './runtimeError';
import {WheelArchive, type WheelMember} from './wheelArchive';
import type {LocalWheel, WheelSource} from './wheelSource';

/** What an install of the library tells while it goes on; bytes. */
export type LibraryProgress = (phase: 'download' | 'extract', detail: string, done: number, total: number | null) => void;

// The headers of the C API and those that they include.
const HEADERS = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/common_runtime/next_pluggable_device/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/',
  'tensorflow/include/xla/tsl/c/',
];
const LIBRARIES = ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'];

/**
 * Fetches TensorFlow's wheel (for the GPU also those that its extra `and-cuda` names) and unpacks
 * its C library and headers into `deps`: `lib`, `include`, and CUDA's libraries as `nvidia/<part>/lib`,
 * which is where TensorFlow's own run path looks for them.
 * @returns SHA-256 of each wheel by its file name
 */
export async function installLibrary(deps: string, device: Device, source: WheelSource, onProgress: LibraryProgress, signal?: AbortSignal): Promise<Record<string, string>> {
  rmSync(deps, {recursive: true, force: true});
  mkdirSync(deps, {recursive: true});
  const project = device === 'gpu' ? 'tensorflow' : 'tensorflow-cpu';
  const digests: Record<string, string> = {};
  const main = await fetch({project, conditions: [{operator: '==', version: TENSORFLOW_VERSION}]});
  const archive = await WheelArchive.open(main.path);
  const used = [main];
  try {
    await unpack(archive, deps, main.fileName, targetOfTensorflow);
    if (device === 'gpu') {
      const parts = requirementsOfExtra(await archive.metadata('METADATA'), 'and-cuda');
      if (parts.length === 0) throw new RuntimeError(`${main.fileName} does not name the CUDA libraries that it needs (extra and-cuda): use the wheel of the official index.`);
      for (const part of parts) used.push(await unpackCuda(await fetch(part)));
    }
  } finally {
    archive.close();
  }
  for (const wheel of used) if (wheel.temporary) rmSync(wheel.path, {force: true});
  return digests;

  async function fetch(wanted: Parameters<WheelSource>[0]): Promise<LocalWheel> {
    onProgress('download', wanted.project, 0, null);
    const wheel = await source(wanted, (done, total) => { onProgress('download', wanted.project, done, total); }, signal);
    digests[wheel.fileName] = wheel.sha256;
    return wheel;
  }

  async function unpackCuda(wheel: LocalWheel): Promise<LocalWheel> {
    const archive = await WheelArchive.open(wheel.path);
    try {
      await unpack(archive, deps, wheel.fileName, targetOfCuda);
    } finally {
      archive.close();
    }
    return wheel;
  }

  async function unpack(archive: WheelArchive, into: string, detail: string, targetOf: (name: string) => string | null): Promise<void> {
    const wanted = archive.members.flatMap((member) => withTarget(member, targetOf(member.name)));
    const missing = LIBRARIES.filter((name) => targetOf(name) !== null && !wanted.some((member) => member.name === name));
    if (missing.length > 0) throw new RuntimeError(`${detail} has no ${missing.join(' and no ')}: it is not a TensorFlow ${TENSORFLOW_VERSION} wheel for Linux; fetch it again.`);
    const total = wanted.reduce((sum, {size}) => sum + size, 0);
    let done = 0;
    for (const {name, target} of wanted) {
      await archive.extract(name, join(into, target), (count) => { onProgress('extract', detail, done += count, total); }, signal);
    }
  }
}

function withTarget(member: WheelMember, target: string | null): (WheelMember & {target: string})[] {
  return target === null ? [] : [{...member, target}];
}

function targetOfTensorflow(name: string): string | null {
  if (LIBRARIES.includes(name)) return name.replace('tensorflow/', 'lib/');
  if (name.endsWith('.h') && HEADERS.some((prefix) => name.startsWith(prefix))) return name.replace('tensorflow/include/', 'include/');
  return null;
}

/** Libraries, and what of CUDA is looked for at run time (ptxas, libdevice); no headers, no Python. */
function targetOfCuda(name: string): string | null {
  return /^nvidia\/[^/]+\/(?:lib|bin|nvvm)\/.*[^/]$/.test(name) && !/\.(?:py|h|a)$/.test(name) ? name : null;
}

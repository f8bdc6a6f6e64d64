import {mkdirSync, statfsSync} from 'node:fs';
import {messageOf} from '../platform/failure';
import type {Device} from './paths';
import {RuntimeError} from './runtimeError';

const GIGABYTE = 1e9;
// Download, unpacked library and JavaScript side by side.
const SPACE: Record<Device, number> = {cpu: 1.8 * GIGABYTE, gpu: 10 * GIGABYTE};

/**
 * What keeps this machine from having a managed runtime: so far there is one for Linux x64 with glibc.
 * null when nothing does. Everything else runs on the workspace's own TensorFlow.js or pure JavaScript.
 */
export function unsupportedPlatform(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `${process.platform} ${process.arch}`;
  return glibcMinor() === null ? 'Linux without glibc' : null;
}

/** Minor version of glibc (36 for 2.36); null where the C library is another. */
export function glibcMinor(): number | null {
  const report = process.report.getReport() as {header?: {glibcVersionRuntime?: string}};
  const match = /^2\.(\d+)/.exec(report.header?.glibcVersionRuntime ?? '');
  return match ? Number(match[1]) : null;
}

/** Makes the folder. Throws a RuntimeError when it can't be written or has too little room. */
export function requireSpace(dir: string, device: Device): void {
  let free: number;
  try {
    mkdirSync(dir, {recursive: true});
    const {bavail, bsize} = statfsSync(dir);
    free = bavail * bsize;
  } catch (error) {
    throw new RuntimeError(`${dir} can't be written (${messageOf(error)}): choose another folder with --dir or SINGSCOPE_RUNTIME_DIR.`);
  }
  const needed = SPACE[device];
  if (free < needed) {
    throw new RuntimeError(`${dir} has ${(free / GIGABYTE).toFixed(1)} GB free, but the runtime needs ${(needed / GIGABYTE).toFixed(1)} GB while it is built: make room, or choose another folder with --dir.`);
  }
}

import {accessSync, constants, existsSync, realpathSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {delimiter, join} from 'node:path';
import {runProcess} from './childProcess';
import {glibcMinor} from './platformCheck';

const OLDEST_NODE = 20;
const TIMEOUT_MS = 15_000;

export interface NodeFound {
  path: string;
  version: string;
  supported: boolean;
}

export interface GpuFound {
  name: string;
  driver: string;
  memoryMiB: number;
}

export interface MachineFound {
  platform: string;
  /** null where the C library is not glibc. */
  glibc: string | null;
  /** Processors that this process may use. */
  cores: number;
  /** Threads that TensorFlow is told to use within one op; null: as many as there are processors. */
  intraOpThreads: number | null;
}

export function probeMachine(env: NodeJS.ProcessEnv = process.env): MachineFound {
  const glibc = glibcMinor();
  const threads = Number(env['TF_NUM_INTRAOP_THREADS']);
  return {
    platform: `${process.platform} ${process.arch}`,
    glibc: glibc === null ? null : `2.${glibc}`,
    cores: availableParallelism(),
    intraOpThreads: Number.isInteger(threads) && threads > 0 ? threads : null,
  };
}

/** Each Node on PATH, the one that `node` starts first. */
export async function probeNodes(env: NodeJS.ProcessEnv = process.env): Promise<NodeFound[]> {
  const paths = (env['PATH'] ?? '').split(delimiter).filter((dir) => dir !== '').map((dir) => join(dir, 'node')).filter(isExecutable);
  const distinct = paths.filter((path, index) => paths.findIndex((other) => realpathSync(other) === realpathSync(path)) === index);
  const found = await Promise.all(distinct.map(async (path) => {
    const result = await runProcess(path, ['--version'], {timeoutMs: TIMEOUT_MS});
    const version = /^v(\d+\.\S+)/.exec(result.stdout)?.[1];
    return version === undefined ? [] : [{path, version, supported: Number.parseInt(version, 10) >= OLDEST_NODE}];
  }));
  return found.flat();
}

/** NVIDIA GPUs that the driver shows; null when there is a driver but it doesn't answer. */
export async function probeGpus(): Promise<GpuFound[] | null> {
  const result = await runProcess('nvidia-smi', ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader,nounits'], {timeoutMs: TIMEOUT_MS});
  if (result.code !== 0) return existsSync('/proc/driver/nvidia/version') || result.error?.code !== 'ENOENT' ? null : [];
  return result.stdout.split('\n').flatMap((line) => {
    const [name, driver, memory] = line.split(',').map((part) => part.trim());
    return name && driver ? [{name, driver, memoryMiB: Number(memory)}] : [];
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

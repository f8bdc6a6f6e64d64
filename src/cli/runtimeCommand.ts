import {stringifyJson} from '../protocol/numbers';
import {exitCodes, Failure, type ExitCode} from '../platform/failure';
import {installRuntime} from '../runtime/installation';
import type {InstallPhase, InstallProgress} from '../runtime/installOptions';
import {listRuntimes, removeRuntime} from '../runtime/managedRuntime';
import {Interrupts} from '../session/interrupts';
import {tableText} from './table';
import {Terminal} from './terminal';

const BAR_WIDTH = 24;
const MEGABYTE = 1e6;

const phaseNames: Record<InstallPhase, string> = {
  wait: 'Waiting', download: 'Downloading', extract: 'Unpacking', tfjs: 'Installing', compile: 'Compiling', verify: 'Trying out',
};

export interface InstallArguments {
  gpu?: boolean;
  from?: string;
  dir?: string;
}

/** `singscope runtime install` */
export async function installManaged({gpu, from, dir}: InstallArguments, packageRoot: string): Promise<ExitCode> {
  const terminal = new Terminal(process.stderr);
  const abort = new AbortController();
  const interrupts = new Interrupts();
  interrupts.handle(() => abort.abort());
  let phase: InstallPhase | null = null;
  const onProgress = (progress: InstallProgress): void => {
    // A phase is told once where lines stay; the bar moves on a terminal.
    if (!terminal.interactive && progress.phase !== phase) terminal.say(`${phaseNames[progress.phase]} ${progress.detail}`);
    phase = progress.phase;
    terminal.progress(progressBar(progress));
  };
  try {
    const {runtime, installed, opsError, prebuiltProblem} = await installRuntime({
      packageRoot, gpu: gpu ?? false, from: from ?? null, dir: dir ?? null, node: process.execPath, onProgress, signal: abort.signal,
    });
    terminal.end();
    const {name, tensorflow, device} = runtime;
    process.stdout.write(`${installed ? 'Installed' : 'Already there'}: ${name} (TensorFlow ${tensorflow}, ${device.toUpperCase()}) in ${runtime.dir}\n`);
    if (prebuiltProblem !== null) process.stdout.write(`Compiled here, since the prebuilt part of this package does not fit (${prebuiltProblem}).\n`);
    if (opsError !== null) process.stdout.write(`Without our native operations (${opsError}): gradients are copied instead, which costs more.\n`);
    return exitCodes.fine;
  } catch (error) {
    terminal.end();
    if (!abort.signal.aborted) throw error;
    terminal.say('Stopped. The same command goes on where it was.');
    return exitCodes.interrupted;
  } finally {
    interrupts.release();
  }
}

/** `singscope runtime remove` */
export function removeManaged(name: string | undefined, {dir}: {dir?: string}): ExitCode {
  const names = listRuntimes(dir ?? null).map((runtime) => runtime.name);
  const only = name ?? (names.length === 1 ? names[0] : undefined);
  if (only === undefined) throw new Failure(names.length === 0 ? 'No managed runtime is installed: there is nothing to remove.' : `Several runtimes are installed: say which, ${names.join(' or ')}.`);
  removeRuntime(only, dir ?? null);
  process.stdout.write(`Removed ${only}.\n`);
  return exitCodes.fine;
}

/** `singscope runtime list` */
export function listManaged({dir, json}: {dir?: string; json?: boolean}): ExitCode {
  const runtimes = listRuntimes(dir ?? null);
  if (json) process.stdout.write(`${stringifyJson({runtimes})}\n`);
  else if (runtimes.length === 0) process.stdout.write('No managed runtime is installed: get one with `singscope runtime install`.\n');
  else {
    const rows = runtimes.map(({name, tensorflow, device, opsPath, dir: folder}) => [name, tensorflow, device, opsPath === null ? 'no' : 'yes', folder]);
    process.stdout.write(`${tableText(['runtime', 'TensorFlow', 'device', 'native ops', 'folder'], rows)}\n`);
  }
  return exitCodes.fine;
}

/** `Downloading tensorflow_cpu… ████████░░░░  120/274 MB` */
export function progressBar({phase, detail, done, total}: InstallProgress): string {
  const head = `${phaseNames[phase]} ${detail}`;
  if (done === null) return head;
  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(0);
  if (total === null || total === 0) return `${head}  ${megabytes(done)} MB`;
  const filled = Math.min(BAR_WIDTH, Math.round((done / total) * BAR_WIDTH));
  return `${head}  ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}  ${megabytes(done)}/${megabytes(total)} MB`;
}

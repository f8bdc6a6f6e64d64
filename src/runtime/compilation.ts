import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {runProcess, tellingLine} from './childProcess';
import {partsOf} from './paths';
import {RuntimeError} from './runtimeError';

/** A C++ compiler that answers. */
export interface Compiler {
  command: string[];
  /** First line of `--version`. */
  version: string;
}

const COMMON_FLAGS = ['-std=c++17', '-fPIC', '-shared', '-pthread', '-fvisibility=hidden', '-DNAPI_VERSION=8'];
// The library must stay: TensorFlow keeps pointers into it, while Node unloads a module when the
// thread that required it ends.
const STAY_LOADED = '-Wl,-z,nodelete';

/** The compiler of CXX, else g++, c++ or clang++; null where none answers. */
export async function findCompiler(env: NodeJS.ProcessEnv = process.env, signal?: AbortSignal): Promise<Compiler | null> {
  const named = env['CXX']?.trim();
  const candidates = named ? [named.split(/\s+/)] : [['g++'], ['c++'], ['clang++']];
  for (const command of candidates) {
    const result = await runProcess(command[0] as string, [...command.slice(1), '--version'], {...(signal && {signal})});
    if (result.code === 0) return {command, version: result.stdout.split('\n', 1)[0] ?? ''};
  }
  return null;
}

/** How to get a compiler: the end of an error about having none. */
export function compilerMend(env: NodeJS.ProcessEnv = process.env): string {
  if (env['CXX']) return 'correct the environment variable CXX, which must name a C++17 compiler';
  return 'install one (Debian, Ubuntu: sudo apt install g++; Fedora: sudo dnf install gcc-c++) or name one in the environment variable CXX';
}

/**
 * Compiles the binding of the runtime's tfjs-node-gpu against the runtime's TensorFlow.
 * @param packageRoot root of this package, whose dist/include/node holds Node-API's headers
 */
export async function compileBinding(compiler: Compiler, dir: string, packageRoot: string, signal?: AbortSignal): Promise<void> {
  const parts = partsOf(dir);
  const sources = sourcesIn(join(parts.tfjsNode, 'binding'));
  await compile(compiler, parts.binding, [
    '-O2', ...includes(dir, packageRoot), ...sources,
    join(parts.libraries, 'libtensorflow_cc.so.2'), join(parts.libraries, 'libtensorflow_framework.so.2'),
    // Relative, so that the runtime can be put in place by a rename.
    '-Wl,-rpath,$ORIGIN/../deps/lib', STAY_LOADED,
  ], signal);
}

/**
 * Compiles the ops of `native/`. They find TensorFlow by its soname alone: the copy that the binding
 * has loaded.
 */
export async function compileOps(compiler: Compiler, dir: string, packageRoot: string, signal?: AbortSignal): Promise<void> {
  const parts = partsOf(dir);
  await compile(compiler, parts.ops, [
    // Without fused multiply-add every machine computes the same bits; errno keeps square roots out of vectors.
    '-O3', '-ffp-contract=off', '-fno-math-errno', '-Wno-psabi', ...includes(dir, packageRoot), ...sourcesIn(join(packageRoot, 'native')),
    join(parts.libraries, 'libtensorflow_framework.so.2'), STAY_LOADED,
  ], signal);
}

/** Digest of the sources of the ops, by which a runtime knows that its ops are old. */
export function digestOfOpsSource(packageRoot: string): string {
  const hash = createHash('sha256');
  const folder = join(packageRoot, 'native');
  for (const name of readdirSync(folder).filter((file) => /\.(cc|h)$/.test(file)).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(folder, name))).update('\0');
  }
  return hash.digest('hex');
}

function includes(dir: string, packageRoot: string): string[] {
  const headers = join(packageRoot, 'dist', 'include', 'node');
  if (!existsSync(join(headers, 'node_api.h'))) {
    throw new RuntimeError(`${headers} has no node_api.h: this copy of singscope is not built (npm run build) or not whole (install it again).`);
  }
  return ['-isystem', headers, '-isystem', partsOf(dir).headers];
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.cc')).sort().map((name) => join(folder, name));
}

async function compile(compiler: Compiler, target: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const temporary = `${target}.${process.pid}.tmp`;
  mkdirSync(dirname(target), {recursive: true});
  const [file, ...before] = compiler.command;
  try {
    const result = await runProcess(file as string, [...before, ...COMMON_FLAGS, ...args, '-o', temporary], {...(signal && {signal})});
    if (result.code !== 0) {
      throw new RuntimeError(`${compiler.version || file} can't compile ${target} (${tellingLine(result)}): use another compiler (g++ 9 or newer), named in the environment variable CXX.`);
    }
    // A process that has the old library loaded keeps it.
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, {force: true});
  }
}

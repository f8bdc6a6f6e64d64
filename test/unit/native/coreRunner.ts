import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {HISTOGRAM_BINS} from '../../../src/protocol/histogram';
import {MOMENT_COLUMNS} from '../../../src/protocol/moments';
import {packageRoot} from '../../support/managedRuntime';

export type Request =
  | {operation: 'moments' | 'histogram'; values: Float32Array}
  | {operation: 'sing'; values: Float32Array; rows: number; columns: number; centralize: 0 | 1 | 2; normalize: 0 | 1 | 2; epsilon: number};

export type Answer = {moments: Float64Array} | {counts: Int32Array} | {norm: number; values: Float32Array};

/** Compiles the numeric core, without TensorFlow, and a runner from this folder into a program of its own. */
export function compileCore(program: string, flags: readonly string[], runnerName: 'coreRunner.cc' | 'updateRunner.cc' = 'coreRunner.cc'): void {
  const native = join(packageRoot, 'native');
  const sources = ['moments.cc', 'histogram.cc', 'sing.cc', 'update.cc'].map((name) => join(native, name));
  const runner = join(packageRoot, 'test', 'unit', 'native', runnerName);
  const args = ['-std=c++17', '-pthread', '-ffp-contract=off', '-fno-math-errno', '-Wall', '-Wextra', '-Werror', '-Wno-psabi', ...flags, '-I', native, runner, ...sources, '-o', program];
  const result = spawnSync(process.env['CXX'] ?? 'g++', args, {encoding: 'utf8'});
  if (result.status !== 0) throw new Error(`The core does not compile: ${result.error?.message ?? result.stderr}`);
}

/** Sends all requests to the program; throws what a sanitizer has to say. */
export function runCore(program: string, requests: readonly Request[]): Answer[] {
  const input = Buffer.concat(requests.flatMap((request) => [headOf(request), Buffer.from(request.values.buffer, request.values.byteOffset, request.values.byteLength)]));
  const result = spawnSync(program, {input, maxBuffer: 1 << 30});
  if (result.status !== 0) throw new Error(`The core failed (${String(result.status ?? result.signal)}): ${result.stderr.toString()}`);
  const bytes = result.stdout.buffer.slice(result.stdout.byteOffset, result.stdout.byteOffset + result.stdout.byteLength) as ArrayBuffer;
  let at = 0;
  const take = (length: number): ArrayBuffer => bytes.slice(at, at += length);
  return requests.map((request) => {
    if (request.operation === 'moments') return {moments: new Float64Array(take(MOMENT_COLUMNS * 8))};
    if (request.operation === 'histogram') return {counts: new Int32Array(take(HISTOGRAM_BINS * 4))};
    return {norm: new Float64Array(take(8))[0] as number, values: new Float32Array(take(request.values.byteLength))};
  });
}

function headOf(request: Request): Buffer {
  const head = Buffer.alloc(48);
  const numbers = request.operation === 'sing'
    ? [2, request.rows, request.columns, request.centralize, request.normalize]
    : [request.operation === 'moments' ? 0 : 1, 1, request.values.length, 0, 0];
  numbers.forEach((value, index) => { head.writeBigInt64LE(BigInt(value), index * 8); });
  head.writeDoubleLE(request.operation === 'sing' ? request.epsilon : 0, 40);
  return head;
}

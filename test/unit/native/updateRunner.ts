import {spawnSync} from 'node:child_process';
import {MOMENT_COLUMNS} from '../../../src/protocol/moments';

/** Update of one parameter, seen as [rows, columns]. */
export interface UpdateRequest {
  rule: 'sgd' | 'momentum' | 'nesterov' | 'adam' | 'softplus';
  rows: number;
  columns: number;
  /** 0 none, 1 the mean of each column, 2 of each row. */
  centralize: 0 | 1 | 2;
  /** 0 none, 1 L2 norm, 2 norm over the root of the size. */
  normalize: 0 | 1 | 2;
  decays: boolean;
  /** LookAhead's alpha where this step merges; undefined: there are no slow weights. */
  alpha?: number;
  corrections: readonly [number, number];
  gradient: Float32Array;
  weights: Float32Array;
  state: readonly [Float32Array, Float32Array];
  slow: Float32Array;
}

export interface UpdateAnswer {
  norm: number;
  /** Whether every element of the gradient was. */
  finite: boolean;
  /** Of the gradient, the transformed one, the old weights, the updates. */
  moments: Float64Array[];
  weights: Float32Array;
  state: [Float32Array, Float32Array];
  slow: Float32Array;
}

/** What all requests have in common. */
export const settings = {rate: 0.01, momentum: 0.9, beta2: 0.999, epsilon: 1e-7, softplus: 50, decay: 0.05, normEpsilon: 1e-8} as const;

/**
 * Sends all requests to the program of updateRunner.cc; throws what a sanitizer has to say.
 * @param launcher a command that runs it: the thread sanitizer needs fixed addresses, `setarch -R`
 */
export function runUpdates(program: string, requests: readonly UpdateRequest[], launcher: readonly string[] = []): UpdateAnswer[] {
  const command = [...launcher, program];
  const result = spawnSync(command[0] as string, command.slice(1), {input: Buffer.concat(requests.flatMap(bytesOf)), maxBuffer: 2 ** 31 - 1});
  if (result.status !== 0) throw new Error(`The core failed (${String(result.status ?? result.signal)}): ${result.stderr.toString()}`);
  const bytes = result.stdout.buffer.slice(result.stdout.byteOffset, result.stdout.byteOffset + result.stdout.byteLength) as ArrayBuffer;
  let at = 0;
  const take = (length: number): ArrayBuffer => bytes.slice(at, at += length);
  return requests.map(({gradient: {byteLength}}) => {
    const [norm, finite] = new Float64Array(take(16)) as unknown as [number, number];
    const moments = Array.from({length: 4}, () => new Float64Array(take(MOMENT_COLUMNS * 8)));
    const [weights, first, second, slow] = Array.from({length: 4}, () => new Float32Array(take(byteLength))) as [Float32Array, Float32Array, Float32Array, Float32Array];
    return {norm, finite: finite === 1, moments, weights, state: [first, second], slow};
  });
}

function bytesOf(request: UpdateRequest): Buffer[] {
  const {rule, rows, columns, centralize, normalize, decays, alpha, corrections, gradient, weights, state, slow} = request;
  const code = {sgd: 0, momentum: 1, nesterov: 1, adam: 2, softplus: 2}[rule];
  const head = BigInt64Array.from([code, Number(rule === 'nesterov'), rows, columns, centralize, normalize, Number(decays), Number(alpha !== undefined)].map(BigInt));
  const numbers = Float64Array.of(
    settings.rate, settings.momentum, settings.beta2, settings.epsilon, rule === 'softplus' ? settings.softplus : 0, settings.decay,
    alpha ?? NaN, settings.normEpsilon, ...corrections,
  );
  return [head, numbers, gradient, weights, ...state, slow].map(({buffer, byteOffset, byteLength}) => Buffer.from(buffer, byteOffset, byteLength));
}

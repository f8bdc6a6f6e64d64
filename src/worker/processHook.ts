import childProcess, {ChildProcess} from 'node:child_process';
import {syncBuiltinESMExports} from 'node:module';
import {basename} from 'node:path';
import {quoteNodeOption} from '../platform/nodeOptions';
import {WORKER_OPTIONS_ENV} from '../protocol/workerOptions';
import {wrapMethod} from './prototypeHooks';

interface SpawnOptions {
  /** `NAME=value`, as the system is given them. */
  envPairs?: string[];
}

/** Those that don't come by `ChildProcess`. */
const SYNCHRONOUS = ['spawnSync', 'execFileSync', 'execSync'];

/**
 * A child process that is started with an environment of its own lacks what brings the preload into
 * all others: it is added. Programs other than Node don't look at it.
 */
export function hookProcesses(): void {
  wrapMethod<(this: object, options: SpawnOptions) => unknown>(ChildProcess.prototype, 'spawn', (original) => function spawn(this: object, options) {
    const {envPairs} = options;
    return original.call(this, Array.isArray(envPairs) ? {...options, envPairs: withPreload(envPairs)} : options);
  });
  for (const name of SYNCHRONOUS) {
    wrapMethod<(this: unknown, ...args: unknown[]) => unknown>(childProcess, name, (original) => function synchronous(this: unknown, ...args) {
      return original.apply(this, withEnvironment(args));
    });
  }
  syncBuiltinESMExports();
}

/** The arguments with an environment in their options, which stand last where there are any. */
function withEnvironment(args: readonly unknown[]): unknown[] {
  const options = args.slice(1).find(isObject);
  const others = args.filter((argument) => argument !== options && argument !== undefined && argument !== null);
  const env = options?.['env'] ?? process.env;
  if (!isObject(env)) return [...args];
  const pairs: string[] = [];
  // As Node does: what an environment inherits is part of it.
  for (const name in env) if (env[name] !== undefined) pairs.push(`${name}=${String(env[name])}`);
  return [...others, {...options, env: Object.fromEntries(withPreload(pairs).map(nameAndValue))}];
}

function nameAndValue(pair: string): [string, string] {
  // Windows has names that begin with the sign.
  const sign = pair.indexOf('=', 1);
  return [pair.slice(0, sign), pair.slice(sign + 1)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withPreload(pairs: readonly string[]): string[] {
  const options = process.env[WORKER_OPTIONS_ENV];
  // A script that has cleared its own environment doesn't want its children observed.
  if (options === undefined) return [...pairs];
  const given = (name: string): string | undefined => pairs.find((pair) => pair.startsWith(`${name}=`));
  const nodeOptions = given('NODE_OPTIONS') ?? 'NODE_OPTIONS=';
  const rest = pairs.filter((pair) => pair !== nodeOptions);
  rest.push(nodeOptions.includes(basename(__filename)) ? nodeOptions : `${nodeOptions} --require ${quoteNodeOption(__filename)}`);
  if (given(WORKER_OPTIONS_ENV) === undefined) rest.push(`${WORKER_OPTIONS_ENV}=${options}`);
  return rest;
}

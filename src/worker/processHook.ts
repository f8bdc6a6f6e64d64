import {ChildProcess} from 'node:child_process';
import {basename} from 'node:path';
import {quoteNodeOption} from '../platform/nodeOptions';
import {WORKER_OPTIONS_ENV} from '../protocol/workerOptions';
import {wrapMethod} from './prototypeHooks';

interface SpawnOptions {
  /** `NAME=value`, as the system is given them. */
  envPairs?: string[];
}

/**
 * A child process that is started with an environment of its own lacks what brings the preload into
 * all others: it is added. Programs other than Node don't look at it.
 */
export function hookProcesses(): void {
  wrapMethod<(this: object, options: SpawnOptions) => unknown>(ChildProcess.prototype, 'spawn', (original) => function spawn(this: object, options) {
    const {envPairs} = options;
    return original.call(this, Array.isArray(envPairs) ? {...options, envPairs: withPreload(envPairs)} : options);
  });
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

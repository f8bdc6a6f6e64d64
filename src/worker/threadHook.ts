import {syncBuiltinESMExports} from 'node:module';
import workerThreads, {type WorkerOptions} from 'node:worker_threads';

/**
 * A thread that is started with an environment of its own does not have NODE_OPTIONS, by which the
 * preload comes into all others: it gets the preload as an argument.
 */
export function hookThreads(): void {
  const {Worker} = workerThreads;
  workerThreads.Worker = new Proxy(Worker, {
    construct(target, [file, options, ...rest]: [string | URL, WorkerOptions?, ...unknown[]], newTarget) {
      return Reflect.construct(target, [file, withPreload(options), ...rest], newTarget) as object;
    },
  });
  syncBuiltinESMExports();
}

function withPreload(options: WorkerOptions | undefined): WorkerOptions | undefined {
  const env: unknown = options?.env;
  if (typeof env !== 'object' || env === null) return options;
  const inherited = String((env as NodeJS.ProcessEnv).NODE_OPTIONS ?? '');
  if (inherited.includes(__filename)) return options;
  return {...options, execArgv: [...(options?.execArgv ?? process.execArgv), '--require', __filename]};
}

import {basename, delimiter, dirname, join, resolve} from 'node:path';
import {WORKER_OPTIONS_ENV, type WorkerOptions} from '../protocol/workerOptions';
import {quoteNodeOption} from '../platform/nodeOptions';
import {withPlugAndPlay} from '../platform/plugAndPlay';
import {findManagedRuntime} from '../runtime/managedRuntime';
import {editorEnvironment} from './editorEnvironment';
import type {SessionSettings} from './sessionSettings';

/** Which run a process belongs to, as its worker is told. */
export interface WorkerIdentity {
  session: string;
  /** Folder made for the first process; null where each process that trains makes its own. */
  runDir: string | null;
  trial: string | null;
  arm: string | null;
}

/**
 * The environment that makes every Node process below observe its trainings.
 * @param script whose packages the process needs; null: a command brings what its Node needs
 */
export function workerEnvironment(settings: SessionSettings, identity: WorkerIdentity, script: string | null): NodeJS.ProcessEnv {
  const {packageRoot, store, sing, lrScale, seed, maxSteps, budgetPct, failOn, runtime} = settings;
  const options: WorkerOptions = {
    packageRoot, store, parent: null, sing, lrScale, seed, maxSteps, budgetPct, failOn, runtime,
    managed: findManagedRuntime(),
    equalKernels: identity.trial !== null && settings.offUntouched !== true,
    ...identity,
  };
  const own = scriptEnvironment(settings);
  const env = script === null ? own : withPlugAndPlay(own, dirname(script));
  const preload = ['--require', quoteNodeOption(join(packageRoot, 'dist', 'preload.cjs'))];
  env.NODE_OPTIONS = [env.NODE_OPTIONS, ...preload].filter(Boolean).join(' ');
  env[WORKER_OPTIONS_ENV] = JSON.stringify(options);
  return env;
}

/** The user's own variables, with those of `--env` over them. */
export function scriptEnvironment({env, editor}: SessionSettings): NodeJS.ProcessEnv {
  return {...(editor === true ? editorEnvironment(process.env) : process.env), ...env};
}

/** For a command that picks its Node by itself: that of `--node` first on PATH, `--node-arg` for all. */
export function steerNode(env: NodeJS.ProcessEnv, {node, nodeArgs}: SessionSettings): NodeJS.ProcessEnv {
  const steered = {...env};
  if (node !== null && basename(node) !== node) {
    steered.PATH = [dirname(resolve(node)), env.PATH].filter(Boolean).join(delimiter);
  }
  if (nodeArgs.length > 0) steered.NODE_OPTIONS = [...nodeArgs.map(quoteNodeOption), env.NODE_OPTIONS].filter(Boolean).join(' ');
  return steered;
}

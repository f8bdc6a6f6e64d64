import {messageOf} from '../platform/failure';
import {type Compiler, compileBinding, compileOps, compilerMend} from './compilation';
import type {InstallOptions, InstallPhase} from './installOptions';
import {TENSORFLOW_VERSION} from './paths';
import {type PrebuiltFound, placePrebuilt} from './prebuilt';
import {RuntimeError} from './runtimeError';
import {verifyRuntime} from './verification';

export interface NativeJob {
  /** null: none answers. */
  compiler: Compiler | null;
  native: PrebuiltFound;
  options: InstallOptions;
}

/** What became of the native part of a runtime. */
export interface NativePart {
  /** What it was made with, for the manifest. */
  compiler: string;
  /** Why it lacks the ops; null when it has them. */
  opsError: string | null;
  prebuiltProblem: string | null;
}

/**
 * Gives a runtime its binding and ops (`only` the ops where the binding is there) and tries them: those of the package
 * where they fit and load, else compiled here. A runtime without ops is one still.
 * @throws RuntimeError where TensorFlow does not load, or nothing compiles
 */
export async function addNativePart(job: NativeJob, dir: string, only: 'all' | 'ops'): Promise<NativePart> {
  const {prebuilt, problem} = job.native;
  if (prebuilt === null) return await compileHere(job, dir, only, problem);
  report(job, 'verify', `TensorFlow ${TENSORFLOW_VERSION}, with the prebuilt native part`);
  let reason: string | null;
  try {
    placePrebuilt(prebuilt, dir, only);
    reason = await verifyRuntime(dir, job.options.node, job.options.signal);
  } catch (error) {
    job.options.signal?.throwIfAborted();
    // Without a compiler this is all there is to say.
    if (job.compiler === null) throw error;
    reason = messageOf(error);
  }
  if (reason === null) return {compiler: `prebuilt, ${prebuilt.compiler}`, opsError: null, prebuiltProblem: null};
  if (job.compiler === null) return {compiler: `prebuilt, ${prebuilt.compiler}`, opsError: reason, prebuiltProblem: reason};
  return await compileHere(job, dir, only, reason);
}

/** The error of a machine on which the runtime can't be compiled but must be. */
export function noCompiler(prebuiltProblem: string | null): RuntimeError {
  const why = prebuiltProblem === null ? '' : ` (the prebuilt part does not fit: ${prebuiltProblem})`;
  return new RuntimeError(`The runtime must be compiled here${why}, and no C++ compiler answers: ${compilerMend()}.`);
}

async function compileHere(job: NativeJob, dir: string, only: 'all' | 'ops', prebuiltProblem: string | null): Promise<NativePart> {
  const {compiler, options: {packageRoot, node, signal}} = job;
  if (compiler === null) throw noCompiler(prebuiltProblem);
  if (only === 'all') {
    report(job, 'compile', compiler.version);
    await compileBinding(compiler, dir, packageRoot, signal);
  }
  let compileError: string | null = null;
  report(job, 'compile', 'TensorFlow ops');
  try {
    await compileOps(compiler, dir, packageRoot, signal);
  } catch (error) {
    signal?.throwIfAborted();
    compileError = messageOf(error);
  }
  report(job, 'verify', `TensorFlow ${TENSORFLOW_VERSION}`);
  const loadError = await verifyRuntime(dir, node, signal);
  return {compiler: compiler.version, opsError: compileError ?? loadError, prebuiltProblem};
}

function report(job: NativeJob, phase: InstallPhase, detail: string): void {
  job.options.onProgress({phase, detail, done: null, total: null});
}

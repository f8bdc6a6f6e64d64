import {availableParallelism} from 'node:os';
import type {Backend} from '../protocol/events';
import type {NativeOps} from '../sing/nativeOps';
import {DeviceMoments, type DeviceBinding} from './deviceMoments';
import {loadNativeOps, type TfjsBinding} from './nativeOps';
import type {LoadedRuntime} from './runtimeLadder';
import type {TfBackend, TfEngine} from './tfjsTypes';

export interface FoundOps {
  ops: NativeOps | null;
  /** Why there are none, where a TensorFlow could have had them. */
  note: string | null;
}

const found = new WeakMap<TfBackend, FoundOps>();

/**
 * The native ops for the TensorFlow of a backend, looked for once.
 * @param opsPath of the managed runtime; null where none is installed
 */
export function opsFor(backend: TfBackend, opsPath: string | null): FoundOps {
  let known = found.get(backend);
  if (known === undefined) found.set(backend, known = findOps(backend, opsPath));
  return known;
}

function findOps({binding, isUsingGpuDevice}: TfBackend, opsPath: string | null): FoundOps {
  const none = (why: string): {ops: null; note: string} => ({ops: null, note: `${why}; gradients are copied instead, which costs more.`});
  if (binding === undefined) return {ops: null, note: null};
  if (isUsingGpuDevice === true) return {ops: null, note: 'The native operations run on the CPU only, and this TensorFlow uses the GPU: its own operations take the moments there, and gradients are copied for histograms alone.'};
  if (opsPath === null) return none('The native operations are not installed (`singscope runtime install` does it)');
  const ops = loadNativeOps(opsPath, binding as TfjsBinding);
  return 'error' in ops ? none(`The native operations don't load (${ops.error})`) : {ops, note: null};
}

/** What takes moments on the GPU that a backend uses; null where it uses none. */
export function deviceMomentsOf({binding, isUsingGpuDevice}: TfBackend): DeviceMoments | null {
  return binding !== undefined && isUsingGpuDevice === true ? new DeviceMoments(binding as DeviceBinding) : null;
}

/** What a run says of where it computes. */
export function describeBackend(engine: TfEngine, loaded: LoadedRuntime | null, kernels: Backend['kernels']): Backend {
  const {binding, isUsingGpuDevice} = engine.backend;
  return {
    name: engine.backendName,
    package: loaded?.package ?? null,
    packageVersion: loaded?.version ?? null,
    tensorflow: binding?.TF_Version ?? null,
    device: isUsingGpuDevice === true ? 'gpu' : 'cpu',
    threads: binding === undefined ? 1 : Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism(),
    kernels,
  };
}

/** Says where a run computes when that is known, and again when an optimizer's steps run on something else. */
export class BackendReports {
  readonly #say: (kernels: Backend['kernels']) => void;
  readonly #last = new WeakMap<object, Backend['kernels']>();
  #said: Backend['kernels'] | null = null;

  constructor(say: (kernels: Backend['kernels']) => void) {
    this.#say = say;
  }

  ran(optimizer: object, kernels: Backend['kernels']): void {
    if (this.#last.get(optimizer) === kernels) return;
    this.#last.set(optimizer, kernels);
    if (this.#said === kernels) return;
    this.#said = kernels;
    this.#say(kernels);
  }
}

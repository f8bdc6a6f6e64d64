import type {KernelBackend} from '@tensorflow/tfjs-core';
import {NATIVE_OPS, type NativeOps, type NativeOpsSource} from '../nativeOps';
import type {StepKernels} from '../stepKernels';
import type {Tfjs} from '../tfjs';
import {ArrayKernels} from './arrayKernels';
import {DeviceKernels} from './deviceKernels';
import {FusedKernels} from './fusedKernels';
import {isNodeBackend} from './nodeBackend';
import {OpsKernels} from './opsKernels';
import type {RawBackend} from './rawOps';

/** The kernels of one copy of TensorFlow.js, by its backend. */
class KernelChoice {
  private readonly array: StepKernels;
  private readonly ops: StepKernels;
  private backend: KernelBackend | null = null;
  private source: NativeOpsSource | undefined;
  private chosen: StepKernels;
  /** What failed before on a backend, which nobody asks again. */
  private readonly failed = new WeakMap<KernelBackend, Set<StepKernels['name']>>();

  constructor(private readonly tf: Tfjs) {
    this.array = new ArrayKernels(tf);
    this.ops = new OpsKernels(tf);
    this.chosen = this.ops;
  }

  present(): StepKernels {
    const backend = this.tf.backend();
    const source = nativeOpsSource();
    if (backend !== this.backend || source !== this.source) {
      this.chosen = this.choose(backend, source);
      this.backend = backend;
      this.source = source;
    }
    return this.chosen;
  }

  giveUp(kernels: StepKernels, error: unknown): boolean {
    const {backend} = this;
    if ((kernels.name !== 'fused' && kernels.name !== 'device') || backend === null || kernels !== this.chosen) return false;
    this.failed.set(backend, new Set(this.failed.get(backend)).add(kernels.name));
    this.chosen = this.choose(backend, this.source);
    console.warn(`SING: the ${kernels.name} kernels failed (${error instanceof Error ? error.message : String(error)}); the ${this.chosen.name} kernels are used from now on.`);
    return true;
  }

  private choose(backend: KernelBackend, source: NativeOpsSource | undefined): StepKernels {
    if (this.tf.getBackend() === 'cpu') return this.array;
    if (!isNodeBackend(backend)) return this.ops;
    const failed = this.failed.get(backend);
    const native = failed?.has('fused') === true ? null : opsOf(backend, source);
    if (native !== null) return new FusedKernels(this.tf, backend, native);
    return failed?.has('device') === true || !('binding' in backend) ? this.ops : new DeviceKernels(this.tf, backend as RawBackend);
  }
}

const choices = new WeakMap<Tfjs['Optimizer'], KernelChoice>();

function choiceOf(tf: Tfjs): KernelChoice {
  let choice = choices.get(tf.Optimizer);
  if (choice === undefined) choices.set(tf.Optimizer, choice = new KernelChoice(tf));
  return choice;
}

/**
 * The kernels for the present backend: JavaScript loops for 'cpu', the native op where the host of this library has put
 * it ({@link NATIVE_OPS}), TensorFlow's own kernels elsewhere on tfjs-node, else TensorFlow.js' operations. To be asked at every step: the backend may change.
 */
export function kernelsFor(tf: Tfjs): StepKernels {
  return choiceOf(tf).present();
}

/** Kernels failed before they changed anything. Returns whether {@link kernelsFor} has others now; says so once. */
export function giveUpKernels(tf: Tfjs, kernels: StepKernels, error: unknown): boolean {
  return choiceOf(tf).giveUp(kernels, error);
}

function nativeOpsSource(): NativeOpsSource | undefined {
  return (globalThis as {[NATIVE_OPS]?: NativeOpsSource})[NATIVE_OPS];
}

function opsOf(backend: KernelBackend, source: NativeOpsSource | undefined): NativeOps | null {
  return source?.(backend) ?? null;
}

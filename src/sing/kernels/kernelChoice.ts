import type {KernelBackend} from '@tensorflow/tfjs-core';
import {NATIVE_OPS, type NativeOps, type NativeOpsSource} from '../nativeOps';
import type {StepKernels} from '../stepKernels';
import type {Tfjs} from '../tfjs';
import {ArrayKernels} from './arrayKernels';
import {FusedKernels, type NodeBackend} from './fusedKernels';
import {OpsKernels} from './opsKernels';

/** The kernels of one copy of TensorFlow.js, by its backend. */
class KernelChoice {
  private readonly array: StepKernels;
  private readonly ops: StepKernels;
  private backend: KernelBackend | null = null;
  private source: NativeOpsSource | undefined;
  private chosen: StepKernels;
  /** Those that failed before, which nobody asks again. */
  private readonly failed = new WeakSet<KernelBackend>();

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
    if (kernels.name !== 'fused' || this.backend === null) return false;
    this.failed.add(this.backend);
    this.backend = null;
    console.warn(`SING: the fused kernels failed (${error instanceof Error ? error.message : String(error)}); TensorFlow.js' own operations are used from now on.`);
    return true;
  }

  private choose(backend: KernelBackend, source: NativeOpsSource | undefined): StepKernels {
    if (this.tf.getBackend() === 'cpu') return this.array;
    const native = isNodeBackend(backend) && !this.failed.has(backend) ? opsOf(backend, source) : null;
    return native === null ? this.ops : new FusedKernels(this.tf, backend as NodeBackend, native);
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
 * it ({@link NATIVE_OPS}), else TensorFlow.js' own operations. To be asked at every step: the backend may change.
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

function isNodeBackend(backend: KernelBackend): backend is NodeBackend {
  return 'getInputTensorIds' in backend && 'createOutputTensor' in backend;
}

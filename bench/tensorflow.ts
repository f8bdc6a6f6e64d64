import {createRequire} from 'node:module';
import type * as Tfjs from '@tensorflow/tfjs';
import {NATIVE_OPS, type NativeOpsSource} from '../src/sing/nativeOps';
import {loadNativeOps, type TfjsBinding} from '../src/worker/nativeOps';
import {restoreUtil} from '../src/worker/nodeCompat';
import {managedRuntime} from '../test/support/managedRuntime';

export type Tf = typeof Tfjs;

export interface TensorFlow {
  tf: Tf;
  /** How many updates the native operation has made so far. */
  fusedUpdates(): number;
}

/** The managed TensorFlow of this machine, with its native ops where SING looks for them. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  const runtime = await managedRuntime();
  restoreUtil();
  const tf = createRequire(import.meta.url)(runtime.tfjsNodeDir) as Tf;
  const nodeBackend = tf.backend() as unknown as {binding: TfjsBinding};
  const ops = loadNativeOps(runtime.opsPath ?? '', nodeBackend.binding);
  if ('error' in ops) throw new Error(`The native operations do not load: ${ops.error}`);
  let updates = 0;
  const counted = Object.assign(Object.create(ops) as typeof ops, {
    update: (step: Parameters<typeof ops.update>[0]) => {
      updates++;
      return ops.update(step);
    },
  });
  const source: NativeOpsSource = (backend) => (backend === nodeBackend ? counted : null);
  Object.assign(globalThis, {[NATIVE_OPS]: source});
  return {tf, fusedUpdates: () => updates};
}

import {createRequire} from 'node:module';
import type * as Tfjs from '@tensorflow/tfjs';
import {loadNativeOps, type TfjsBinding} from '../src/worker/nativeOps';
import {restoreUtil} from '../src/worker/nodeCompat';
import {managedRuntime} from '../test/support/managedRuntime';

export type Tf = typeof Tfjs;

/** The managed TensorFlow of this machine, with its native ops where SING looks for them. */
export async function loadTensorFlow(): Promise<Tf> {
  const runtime = await managedRuntime();
  restoreUtil();
  const tf = createRequire(import.meta.url)(runtime.tfjsNodeDir) as Tf;
  const {binding} = tf.backend() as unknown as {binding: TfjsBinding};
  const ops = loadNativeOps(runtime.opsPath ?? '', binding);
  if ('error' in ops) throw new Error(`The native operations do not load: ${ops.error}`);
  Object.assign(globalThis, {[Symbol.for('singscope.nativeOps')]: (backend: unknown) => (backend === tf.backend() ? ops : null)});
  return tf;
}

import type {KernelBackend, Tensor} from '@tensorflow/tfjs-core';
import type {BindingTensor} from '../nativeOps';
import type {Tfjs} from '../tfjs';

/** What is used of the backend of tfjs-node. */
export interface NodeBackend extends KernelBackend {
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(tensor: BindingTensor): Tensor;
}

/** Says to the engine which backend holds a tensor that was made while another may be the present one. */
export function ownedBy(tf: Tfjs, backend: KernelBackend, tensor: Tensor): Tensor {
  const info = (tf.engine().state as unknown as {tensorInfo: WeakMap<object, {backend: KernelBackend}>}).tensorInfo.get(tensor.dataId);
  if (info !== undefined) info.backend = backend;
  return tensor;
}

export function isNodeBackend(backend: KernelBackend): backend is NodeBackend {
  return 'getInputTensorIds' in backend && 'createOutputTensor' in backend;
}

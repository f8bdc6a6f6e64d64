/**
 * The parts of the user's tfjs that the worker touches, by shape. The worker never imports
 * tfjs: it works on whatever copy the script itself loaded (tfjs-core 4.x).
 */
export interface TfTensor {
  id: number;
  dataId: object;
  shape: number[];
  size: number;
  dtype: string;
  isDisposed: boolean;
  dataSync(): Float32Array;
  dispose(): void;
}

export interface TfVariable extends TfTensor {
  name: string;
  trainable: boolean;
}

/** The native binding of a tfjs-node backend. */
export interface TfBinding {
  TF_Version?: string;
}

export interface TfBackend {
  binding?: TfBinding;
  isUsingGpuDevice?: boolean;
  getInputTensorIds?(tensors: readonly TfTensor[]): number[];
  createOutputTensor?(metadata: {id: number; shape: number[]; dtype: number}): TfTensor;
}

export interface TfEngine {
  backendName: string;
  backend: TfBackend;
  registeredVariables: Record<string, TfVariable>;
  state: {numTensors: number; numBytes: number};
  gradients(f: unknown, xs: TfTensor[], dy?: unknown, allowNoGradients?: boolean): {value: TfTensor; grads: (TfTensor | null)[]};
  runKernel(kernel: string, inputs: unknown, attributes?: Record<string, unknown>): unknown;
  makeVariable(...args: unknown[]): TfVariable;
  trackTensor(tensor: TfTensor, ...rest: unknown[]): void;
  disposeTensor(tensor: TfTensor): void;
  makeTensor(values: Float32Array, shape: number[], dtype: string): TfTensor;
}

export type NamedGradient = {name: string; tensor: TfTensor | null};
export type VariableGradients = Record<string, TfTensor | null> | NamedGradient[];

export interface TfOptimizer {
  learningRate?: number;
  setLearningRate?(rate: number): void;
  getClassName?(): string;
  incrementIterations?(): void;
  applyGradients(gradients: VariableGradients): void;
}

export interface TfLayer {
  name: string;
  getClassName?(): string;
  constructor: {className?: string};
}

export interface TfModel {
  stopTraining: boolean;
  metricsNames?: string[];
  getDedupedMetricsNames?(): string[];
  outputs?: unknown[];
  optimizer?: TfOptimizer;
}

import type {ManagedRuntime} from './managedRuntime';

export type InstallPhase = 'wait' | 'download' | 'extract' | 'tfjs' | 'compile' | 'verify';

export interface InstallProgress {
  phase: InstallPhase;
  /** What is being worked on, for a progress line. */
  detail: string;
  /** Bytes done and to do; null where that is not known. */
  done: number | null;
  total: number | null;
}

export interface InstallOptions {
  /** Root of this package: its `native/` and `dist/include/node`. */
  packageRoot: string;
  /** TensorFlow with CUDA. It takes the same way as the one for the CPU, but has not been tried on a GPU. */
  gpu: boolean;
  /**
   * Folder to take all from in place of the network; null: the network. It holds the wheel, as
   * `pip download --no-deps tensorflow_cpu==2.21.0` leaves it (`gpu`: `pip download --no-deps
   * tensorflow==2.21.0` and the nvidia wheels), and `node_modules`, as `npm install --prefix DIR
   * --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0` leaves it (or the .tgz files of these packages).
   */
  from: string | null;
  /** Folder of the runtimes; null: `runtimesDir`. */
  dir: string | null;
  /** Node that tries the new runtime. */
  node: string;
  onProgress: (progress: InstallProgress) => void;
  signal?: AbortSignal;
}

export interface InstallResult {
  runtime: ManagedRuntime;
  /** false: a complete one was there already. */
  installed: boolean;
  /** Why the runtime is without our ops (gradients are then copied); null when it has them. */
  opsError: string | null;
  /** Why the prebuilt part of the package was not used and the runtime was compiled here; null where it was, or the package has none. */
  prebuiltProblem: string | null;
}

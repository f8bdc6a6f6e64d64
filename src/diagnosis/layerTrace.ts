import {LogSeries} from './logSeries';
import type {DetectorParameter} from './observation';
import {RobustWindow} from './robustWindow';

/** Layers that TensorFlow.js brings; any other class is the user's own. */
const builtInClasses = new Set([
  'Dense', 'Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose', 'DepthwiseConv2D',
  'SeparableConv2D', 'Embedding', 'SimpleRNN', 'SimpleRNNCell', 'LSTM', 'LSTMCell', 'GRU', 'GRUCell', 'RNN', 'StackedRNNCells',
  'Bidirectional', 'TimeDistributed', 'ConvLSTM2D', 'ConvLSTM2DCell', 'BatchNormalization', 'LayerNormalization', 'PReLU',
]);

/** A bias this much smaller than its kernel's gradient is rounding noise, as before a BatchNormalization. */
const BIAS_NOISE = 1e-5;

/** A first kernel this many times larger than heNormal's was not meant. */
export const LARGE_SCALE = 20;

export type OddStart = 'tiny' | 'large' | 'growing recurrence' | 'negative bias';

/** Logarithms of what one layer shows in a step; NaN where it can't be told. */
export interface LayerReading {
  /** L2 norm of the layer's gradient. */
  norm: number;
  /** Root mean square of the layer's input, told by kernel against bias gradient (g_W = a ⊗ δ, g_b = δ). */
  input: number;
  /** Root mean square of the gradient that arrives at the layer's sum, told by the bias gradient. */
  arriving: number;
}

/** One layer of a model: its parameters, what it shows in this step, and what it usually shows. */
export class LayerTrace {
  readonly parameters: DetectorParameter[] = [];
  private kernel: DetectorParameter | null = null;
  private bias: DetectorParameter | null = null;
  /** Readings of this step and of the step before. */
  now: LayerReading = {norm: NaN, input: NaN, arriving: NaN};
  before: LayerReading = {norm: NaN, input: NaN, arriving: NaN};
  /** Root mean square of the layer's input in its first step, as in `now`. */
  firstInput = NaN;
  /** Usual norm of the layer's gradient. */
  readonly norms = new LogSeries();
  readonly inputs = new RobustWindow(32);
  readonly arrivals = new RobustWindow(32);
  /** Parameter with a NaN or an Infinity in this step. */
  nonFinite: DetectorParameter | null = null;
  /** Parameters without one in this step. */
  finiteParameters = 0;
  /** The kernel's gradient is all zeros in this step while the bias' is not: the layer's input is exactly zero. */
  zeroInput = false;
  /** Consecutive steps in which every element of the gradient was zero. */
  zeroSteps = 0;
  /** Steps with a gradient. */
  steps = 0;
  /** Gradient of one parameter in this step, by square; reset by `begin`. */
  private square = 0;
  private kernelNorm = NaN;
  private biasNorm = NaN;
  present = false;

  constructor(readonly name: string, readonly layerClass: string | null, readonly depth: number) {}

  /** True for a layer class the user wrote. */
  get isCustom(): boolean {
    return this.layerClass !== null && !builtInClasses.has(this.layerClass);
  }

  get hasKernel(): boolean {
    return this.kernel !== null;
  }

  /** Elements that feed one output. */
  get fanIn(): number {
    const shape = this.kernel?.shape ?? [];
    return shape.slice(0, -1).reduce((product, size) => product * size, 1);
  }

  get fanOut(): number {
    return this.kernel?.shape.at(-1) ?? 1;
  }

  /** Norm that a kernel of this shape has by Glorot's initializer. */
  get usualKernelNorm(): number {
    const shape = this.kernel?.shape ?? [];
    const receptive = shape.slice(0, -2).reduce((product, size) => product * size, 1);
    const fanOut = this.fanOut * receptive;
    return Math.sqrt((2 * this.fanIn * this.fanOut) / (this.fanIn + fanOut));
  }

  /** Root mean square of the first kernel over that of heNormal (of an embedding, over 1); NaN where the values are not known. */
  get kernelScale(): number {
    const kernel = this.kernel ?? this.parameters.find((parameter) => parameter.kind === 'embedding');
    const size = rootMeanSquare(kernel);
    return kernel?.kind === 'embedding' ? size : size * Math.sqrt(this.fanIn / 2);
  }

  /** What is odd in the layer's first values: no usual initializer makes them so. */
  get oddStart(): OddStart | null {
    const scale = this.kernelScale;
    if (scale < 1e-4) return 'tiny';
    if (scale > LARGE_SCALE) return 'large';
    // An orthogonal or Glorot kernel of n units has a root mean square of 1 / √n.
    const recurrent = this.parameters.find((parameter) => /recurrent[_-]?kernel/i.test(parameter.name));
    if (rootMeanSquare(recurrent) * Math.sqrt(recurrent?.shape[0] ?? 0) > 1.6) return 'growing recurrence';
    const bias = this.bias?.initial;
    return bias !== undefined && bias.max < 0 && bias.mean < -1 ? 'negative bias' : null;
  }

  add(parameter: DetectorParameter): void {
    this.parameters.push(parameter);
    const isMatrix = parameter.shape.length >= 2 && parameter.kind !== 'embedding';
    if (isMatrix && this.kernel === null) this.kernel = parameter;
    if (parameter.shape.length === 1 && this.kernel !== null && this.bias === null
      && parameter.shape[0] === this.kernel.shape.at(-1)) this.bias = parameter;
  }

  /** Could `parameter`, a bare vector that follows this bare matrix, be its bias? */
  takesBias(parameter: DetectorParameter): boolean {
    return this.layerClass === null && parameter.layerClass === null && this.parameters.length === 1
      && this.kernel !== null && parameter.shape.length === 1 && parameter.shape[0] === this.kernel.shape.at(-1);
  }

  begin(): void {
    const recycled = this.before;
    this.before = this.now;
    this.now = recycled;
    this.square = 0;
    this.kernelNorm = NaN;
    this.biasNorm = NaN;
    this.nonFinite = null;
    this.finiteParameters = 0;
    this.present = false;
  }

  take(parameter: DetectorParameter, norm: number, isFinite: boolean): void {
    this.present = true;
    if (!isFinite) {
      this.nonFinite ??= parameter;
      return;
    }
    this.finiteParameters++;
    // Norms up to 1e150 are squared safely; beyond, the layer's norm is Infinity, which is as large.
    this.square += norm * norm;
    if (parameter === this.kernel) this.kernelNorm = norm;
    if (parameter === this.bias) this.biasNorm = norm;
  }

  /** Closes the step: all parameters were taken. */
  read(): void {
    if (!this.present) {
      this.now.norm = this.now.input = this.now.arriving = NaN;
      this.zeroInput = false;
      return;
    }
    this.steps++;
    const finite = this.nonFinite === null;
    this.zeroSteps = finite && this.square === 0 ? this.zeroSteps + 1 : 0;
    this.zeroInput = finite && this.kernelNorm === 0 && this.biasNorm > 0;
    this.now.norm = finite && this.square > 0 ? 0.5 * Math.log(this.square) : NaN;
    // A bias that used to tell still does where one outsized input dwarfs it.
    const least = this.inputs.length >= 8 ? 0 : BIAS_NOISE * this.kernelNorm;
    const isTold = finite && this.kernelNorm > 0 && this.biasNorm > least;
    this.now.arriving = isTold ? Math.log(this.biasNorm) - 0.5 * Math.log(this.fanOut) : NaN;
    this.now.input = isTold ? Math.log(this.kernelNorm / this.biasNorm) - 0.5 * Math.log(this.fanIn) : NaN;
    if (this.steps === 1) this.firstInput = this.now.input;
  }

  /** Takes this step into what is usual. */
  learn(): void {
    if (Number.isNaN(this.now.norm)) return;
    this.norms.push(this.now.norm);
    if (Number.isNaN(this.now.input)) return;
    this.inputs.push(this.now.input);
    this.arrivals.push(this.now.arriving);
  }

  /** The parameter with a kernel's role, else the first. */
  get mainParameter(): DetectorParameter | null {
    return this.kernel ?? this.parameters[0] ?? null;
  }

  /** Norm of the kernel's gradient in this step; NaN without one. */
  get kernelGradient(): number {
    return this.kernelNorm;
  }
}

function rootMeanSquare(parameter: DetectorParameter | null | undefined): number {
  const initial = parameter?.initial;
  return initial === undefined ? NaN : Math.sqrt(initial.mean ** 2 + initial.std ** 2);
}

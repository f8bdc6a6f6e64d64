import {messageOf} from '../platform/failure';
import type {Backend, Parameter, RunEvent} from '../protocol/events';
import type {SingSettings} from '../protocol/sing';
import {optimizerDefaults, type TransformSettings} from '../sing/options';
import {SingUpdate} from '../sing/singUpdate';
import {stockUpdate} from '../sing/stock/stockUpdate';
import type {WantedMoments} from '../sing/stepKernels';
import type {StepResult} from '../sing/stepRun';
import type {Tfjs} from '../sing/tfjs';
import {adamSettings} from './adamFamily';
import type {ControlWord} from './controlWord';
import {UNCHANGED} from './frames';
import type {SingControl} from './singControl';
import type {StepGradient} from './stepGradient';
import type {TfjsCopies} from './tfjsCopies';
import type {TfOptimizer, TfTensor, VariableGradients} from './tfjsTypes';
import {normsIn, type UpdateNorms} from './weightUpdates';

/** What an update by our kernels gives. */
export interface KernelOutcome {
  /** A gradient was not finite, and such a step is to be skipped. */
  skipped: boolean;
  /** Norms of the gradients as the update got them; null: unchanged. */
  norms: Float64Array | null;
  /** Moments of the gradients; null where these kernels don't give them. */
  moments: Float64Array | null;
  /** Where they were asked for, and these kernels give them. */
  updates: UpdateNorms | null;
  kernels: Backend['kernels'];
}

export interface KernelContext {
  copies: TfjsCopies;
  sing: SingControl;
  control: ControlWord;
  /** The run was started with full SING. */
  startedFull: boolean;
  /** The run is an arm of a trial. */
  compared: boolean;
  /** With SING off too the update is ours: the run is compared with one that has SING. */
  equalKernels: boolean;
  send(event: RunEvent): void;
  /** Ends the process: what was asked for can't be had. */
  refuse(code: string, message: string): never;
}

type LibraryOptimizer = Parameters<typeof stockUpdate>[1];
type LibraryGradients = Parameters<SingUpdate['step']>[0];

/**
 * Updates that our kernels make in the place of the script's optimizer: that optimizer's own rule with SING in the same
 * pass, or full SING. What the optimizer remembers is on loan and returns by itself as soon as anybody looks at it
 * or the optimizer is to make a step itself; full SING's own memory rests while it is switched off.
 */
export class KernelUpdates {
  readonly #context: KernelContext;
  readonly #full = new WeakMap<TfOptimizer, SingUpdate>();
  readonly #seen = new WeakSet<TfOptimizer>();
  readonly #parameters = new Map<string, Parameter>();
  readonly #told = new Set<string>();

  constructor(context: KernelContext) {
    this.#context = context;
  }

  /** One update, or null, and nothing done, where the script's own optimizer is to make it. Throws nothing. */
  make(optimizer: TfOptimizer, gradients: readonly StepGradient[], given: VariableGradients, settings: SingSettings, rateScale: number, wants: WantedMoments): KernelOutcome | null {
    this.#see(optimizer);
    const {copies, sing, equalKernels} = this.#context;
    if (settings.mode === 'off' && !equalKernels) return this.#leave(optimizer);
    const adam = settings.mode === 'full' ? adamSettings(optimizer) : null;
    if (settings.mode === 'full' && adam === null) return this.#noFull('full-needs-adam', `Full SING takes the place of an Adam-family optimizer, and this script trains with ${optimizer.constructor.name}: use tf.train.adam or tf.train.adamax`);
    const tf = copies.of(optimizer);
    if (tf === null) return adam === null ? null : this.#noFull('full-needs-module', 'Full SING needs a TensorFlow.js that is loaded as a module, and this one is bundled into the script: run the script unbundled');
    try {
      for (const {name, parameter} of gradients) this.#parameters.set(name, parameter);
      if (settings.mode !== 'off') sing.warn(optimizer, gradients, settings);
      const result = adam === null
        ? this.#stock(tf, optimizer, given, settings, rateScale, wants)
        : this.#fullStep(tf, optimizer, given, settings, {...adam, learningRate: adam.learningRate * rateScale}, wants);
      return result === null ? null : this.#outcome(result, gradients, settings);
    } catch (error) {
      this.#tell('kernels-failed', `Our kernels could not make a step of ${optimizer.constructor.name} (${messageOf(error)}): it makes such a step itself.`);
      return null;
    }
  }

  /**
   * The second moment of a parameter while the kernels have it on loan from the optimizer.
   * @returns a tensor of the caller's, and the power of beta2 that the next step will take; null where nothing is on loan
   */
  secondMoment(optimizer: TfOptimizer, name: string): {values: TfTensor; power: number} | null {
    const tf = this.#context.copies.of(optimizer);
    const lent = tf === null ? null : stockUpdate(tf, optimizer as unknown as LibraryOptimizer)?.secondMoment(name) ?? null;
    return lent === null ? null : {...lent, values: lent.values as unknown as TfTensor};
  }

  #stock(tf: Tfjs, optimizer: TfOptimizer, given: VariableGradients, settings: SingSettings, rateScale: number, wants: WantedMoments): StepResult | null {
    return stockUpdate(tf, optimizer as unknown as LibraryOptimizer)?.step(given as LibraryGradients, {
      ...this.#step(settings, wants), transform: transformOf(settings), rateScale, skipNonFinite: settings.skipNonFinite,
    }) ?? null;
  }

  #fullStep(tf: Tfjs, optimizer: TfOptimizer, given: VariableGradients, settings: SingSettings, adam: {learningRate: number; beta1: number; beta2: number}, wants: WantedMoments): StepResult {
    let full = this.#full.get(optimizer);
    if (full === undefined) {
      this.#full.set(optimizer, full = new SingUpdate(tf));
      this.#tellReplaced(tf, optimizer);
    }
    const {centralize, normalize, softplus, lookahead, weightDecay, skipNonFinite} = settings;
    const result = full.step(given as LibraryGradients, {
      ...optimizerDefaults, ...adam, centralize, normalize, softplus, weightDecay, skipNonFinite,
      lookahead: lookahead && optimizerDefaults.lookahead,
    }, this.#step(settings, wants));
    // A schedule of the script's may go by it.
    if (!result.skipped) optimizer.incrementIterations?.();
    return result;
  }

  #step(settings: SingSettings, wants: WantedMoments): {excludes(name: string): boolean; kindOf(name: string): Parameter['kind']; wants: WantedMoments} {
    const of = (name: string): Parameter => this.#parameters.get(name) as Parameter;
    return {excludes: (name) => this.#context.sing.excludes(of(name), settings), kindOf: (name) => of(name).kind, wants};
  }

  #outcome({skipped, norms, moments, kernels}: StepResult, gradients: readonly StepGradient[], settings: SingSettings): KernelOutcome {
    const {sing} = this.#context;
    const changes = !skipped && transformOf(settings) !== null;
    return {
      skipped, kernels, moments: moments?.gradients ?? null,
      updates: skipped || !moments?.others ? null : {weightNorm: normsIn(moments.others.weights), updateNorm: normsIn(moments.others.updates)},
      norms: changes ? norms.map((norm, row) => (sing.excludes((gradients[row] as StepGradient).parameter, settings) ? UNCHANGED : norm)) : null,
    };
  }

  #see(optimizer: TfOptimizer): void {
    if (this.#seen.has(optimizer)) return;
    this.#seen.add(optimizer);
    if (adamSettings(optimizer) === null) this.#context.control.refuseFull();
  }

  /** At the start of a run the user is to know; later SING goes in front of that optimizer instead. */
  #noFull(code: string, message: string): null {
    const {control, startedFull} = this.#context;
    if (startedFull && control.steps === 0) this.#context.refuse(code, `${message}, or --sing on, which goes in front of any optimizer.`);
    this.#tell(code, `${message}. SING goes in front of that optimizer instead, as with --sing on.`);
    return null;
  }

  /** With SING off the script's own optimizer is not touched. */
  #leave(optimizer: TfOptimizer): null {
    const {compared, copies} = this.#context;
    if (!compared || this.#told.has('unequal-kernels')) return null;
    const tf = copies.of(optimizer);
    if (tf !== null && stockUpdate(tf, optimizer as unknown as LibraryOptimizer) !== null) {
      this.#tell('unequal-kernels', `The off arm was to be left alone: ${optimizer.constructor.name} makes its update itself here, and with SING our kernels make it: the arms' times a step can't be compared, and their results differ by rounding too.`);
    }
    return null;
  }

  #tellReplaced(tf: Tfjs, optimizer: TfOptimizer): void {
    const {name} = optimizer.constructor;
    // A class of the user's own inherits its class name.
    const isDirect = Object.getPrototypeOf(Object.getPrototypeOf(optimizer)) === tf.Optimizer.prototype;
    const isTfjsOwn = isDirect && ['Adam', 'Adamax'].includes(optimizer.getClassName?.() ?? '');
    if (!isTfjsOwn) this.#tell('optimizer-replaced', `${name} is a class of this script: full SING takes its rate and betas, and leaves out whatever else its update does.`);
    const comparable = stockUpdate(tf, optimizer as unknown as LibraryOptimizer) !== null;
    if (this.#context.equalKernels && !comparable) this.#tell('unequal-kernels', `The off arm's ${name} makes its update by TensorFlow.js' own operations, full SING by our kernels: their times a step can't be compared.`);
  }

  /** Once for each code. */
  #tell(code: string, message: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#context.send({type: 'notice', code, message});
  }
}

function transformOf({mode, centralize, normalize}: SingSettings): TransformSettings | null {
  if (mode === 'off' || (centralize === false && normalize === false)) return null;
  return {centralize, normalize, epsilon: optimizerDefaults.epsilon};
}

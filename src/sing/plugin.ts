import type {Optimizer, Scalar, Tensor, Variable} from '@tensorflow/tfjs-core';
import {gradientEntries, kindOf, OneElementWarning, type Gradients} from './gradients';
import {matchesAny} from './nameMatch';
import {completeOptions, exposeOptions, pluginDefaults, type SingPluginSettings} from './options';
import {tensorsFinite} from './kernels/finite';
import {runTransform} from './stepRun';
import {stockUpdate, type StockStep} from './stock/stockUpdate';
import type {NamedTensor, Tfjs} from './tfjs';

/**
 * An optimizer with SING in front of it. Its settings are properties that can be changed in mid-run; a change
 * takes effect at the next step, and the inner optimizer keeps its moments.
 */
export interface SingPlugin extends Optimizer, SingPluginSettings {
  /** The optimizer that was wrapped; its own settings are changed there. */
  readonly inner: Optimizer;
  /** The learning rate of the inner optimizer. */
  learningRate: number;
  setLearningRate(learningRate: number): void;
  /** Steps that `skipNonFinite` left out. */
  readonly skippedSteps: number;
}

interface InnerOptimizer {
  learningRate?: number;
  setLearningRate?: (learningRate: number) => void;
}

/**
 * Binds `sing` to one copy of TensorFlow.js.
 *
 * `sing(optimizer, {centralize, normalize, epsilon, exclude, kinds})` returns an optimizer that transforms the
 * gradients and hands them to the given one, any of `tf.train` or a subclass of one's own. Learning rate,
 * iterations, weights, class name and configuration are those of the inner optimizer, so that a model saved with
 * it loads anywhere (as the inner optimizer: wrap it again). Where the backend's kernels are faster, the update of an SGD,
 * momentum or Adam of TensorFlow.js is made by them in the same pass as SING, to within rounding.
 * Throws an error that names the option when one is unknown or out of range.
 */
export function makeSing(tf: Tfjs): (optimizer: Optimizer, options?: Partial<SingPluginSettings>) => SingPlugin {
  class SingFront extends tf.Optimizer {
    // Typed here, defined by exposeOptions.
    declare centralize: SingPluginSettings['centralize'];
    declare normalize: SingPluginSettings['normalize'];
    declare epsilon: number;
    declare exclude: SingPluginSettings['exclude'];
    declare kinds: SingPluginSettings['kinds'];
    declare skipNonFinite: boolean;

    readonly #settings: SingPluginSettings;
    readonly #warning = new OneElementWarning();
    /** The inner optimizer's own applyGradients, while its minimize is led here. */
    #innerApply: Optimizer['applyGradients'] | undefined;
    /** Somebody has put another applyGradients on the inner optimizer. */
    #innerPatched = false;
    #adagradSaid = false;
    #skippedSteps = 0;

    constructor(readonly inner: Optimizer, options: Partial<SingPluginSettings>) {
      super();
      this.#settings = completeOptions(pluginDefaults, options);
      exposeOptions(this, this.#settings);
    }

    get skippedSteps(): number {
      return this.#skippedSteps;
    }

    get learningRate(): number {
      return (this.inner as unknown as InnerOptimizer).learningRate ?? NaN;
    }

    set learningRate(learningRate: number) {
      this.setLearningRate(learningRate);
    }

    setLearningRate(learningRate: number): void {
      const inner = this.inner as unknown as InnerOptimizer;
      // SGD and its kin keep the rate in a tensor too, which assigning the property would leave as it was.
      if (typeof inner.setLearningRate === 'function') inner.setLearningRate(learningRate);
      else inner.learningRate = learningRate;
    }

    /** The inner optimizer's own minimize, which a subclass may have overridden, with SING before its update. */
    override minimize(f: () => Scalar, returnCost?: boolean, varList?: Variable[]): Scalar | null {
      const inner = this.inner;
      const own = Object.getOwnPropertyDescriptor(inner, 'applyGradients');
      this.#innerApply = inner.applyGradients;
      this.#innerPatched = own !== undefined;
      inner.applyGradients = (gradients) => this.applyGradients(gradients);
      try {
        return inner.minimize(f, returnCost, varList);
      } finally {
        this.#innerApply = undefined;
        if (own === undefined) delete (inner as Partial<Optimizer>).applyGradients;
        else Object.defineProperty(inner, 'applyGradients', own);
      }
    }

    override computeGradients(f: () => Scalar, varList?: Variable[]): ReturnType<Optimizer['computeGradients']> {
      return this.inner.computeGradients(f, varList);
    }

    applyGradients(gradients: Gradients): void {
      const patched = this.#innerApply === undefined ? Object.hasOwn(this.inner, 'applyGradients') : this.#innerPatched;
      const {centralize, normalize, epsilon, skipNonFinite} = this.#settings;
      this.#warnOfAdagrad();
      const step: StockStep = {
        transform: centralize === false && normalize === false ? null : {centralize, normalize, epsilon},
        excludes: (name) => matchesAny(name, this.#settings.exclude),
        kindOf: (name, shape) => this.#kindOf(name, shape),
        rateScale: 1,
        skipNonFinite,
        wants: 'none',
      };
      const result = patched ? null : (stockUpdate(tf, this.inner)?.step(gradients, step) ?? null);
      if (result?.skipped === true) this.#skippedSteps += 1;
      if (result === null) this.#transformFirst(gradients, step);
    }

    /** The inner optimizer makes its update itself, with gradients that SING has changed. */
    #transformFirst(gradients: Gradients, {transform, excludes, kindOf: kind, skipNonFinite}: StockStep): void {
      const entries = gradientEntries(gradients);
      const present = entries.flatMap(([name, gradient]) => (gradient === null ? [] : [{name, gradient}]));
      if (skipNonFinite && !tensorsFinite(tf, present.map(({gradient}) => gradient))) {
        this.#skippedSteps += 1;
        return;
      }
      const chosen = transform === null ? [] : present.filter(({name}) => !excludes(name));
      const made = transform === null ? [] : runTransform(tf, chosen.map(({name, gradient}) => ({gradient, kind: kind(name, gradient.shape)})), transform);
      try {
        const byName = new Map(chosen.map(({name}, index) => [name, made[index]!]));
        // TensorFlow.js itself hands on null here; its type does not say so.
        const transformed = entries.map(([name, gradient]) => ({name, tensor: (byName.get(name) ?? gradient) as Tensor}));
        const apply = this.#innerApply ?? this.inner.applyGradients;
        apply.call(this.inner, Array.isArray(gradients) ? transformed : Object.fromEntries(transformed.map(({name, tensor}) => [name, tensor])));
      } finally {
        // Not by tidy: that would also dispose what the inner optimizer keeps.
        tf.dispose(made);
      }
    }

    #kindOf(name: string, shape: readonly number[]): ReturnType<typeof kindOf> {
      const {exclude, kinds, centralize} = this.#settings;
      const kind = kindOf(name, shape, kinds);
      if (!matchesAny(name, exclude)) this.#warning.say(name, shape, kind, centralize);
      return kind;
    }

    #warnOfAdagrad(): void {
      const {normalize} = this.#settings;
      if (this.#adagradSaid || normalize === false || normalize === 'std' || this.inner.getClassName() !== 'Adagrad') return;
      this.#adagradSaid = true;
      console.warn("SING: in front of Adagrad it comes close to plain SGD: the accumulator starts at 0.1, and a normalized gradient adds about one over its size to each element. Use tf.train.adam or momentum, or normalize: 'std'.");
    }

    override get iterations(): number {
      return this.inner.iterations;
    }

    override dispose(): void {
      this.inner.dispose();
    }

    override getWeights(): Promise<NamedTensor[]> {
      return this.inner.getWeights();
    }

    override setWeights(weights: NamedTensor[]): Promise<void> {
      return this.inner.setWeights(weights);
    }

    override getClassName(): string {
      return this.inner.getClassName();
    }

    getConfig(): ReturnType<Optimizer['getConfig']> {
      return this.inner.getConfig();
    }
  }

  return (optimizer, options = {}) => {
    if (!(optimizer instanceof tf.Optimizer)) throw new Error(`optimizer: ${String(optimizer)} is no optimizer; pass one, such as tf.train.adam(0.001)`);
    return new SingFront(optimizer, options);
  };
}

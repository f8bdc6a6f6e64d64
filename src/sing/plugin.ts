import type {Optimizer, Scalar, Variable} from '@tensorflow/tfjs-core';
import {gradientEntries, kindOf, OneElementWarning, type Gradients} from './gradients';
import {matchesAny} from './nameMatch';
import {completeOptions, exposeOptions, pluginDefaults, type SingPluginSettings} from './options';
import type {NamedTensor, Tfjs} from './tfjs';
import type {Transform} from './transform';

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
 * it loads anywhere (as the inner optimizer: wrap it again).
 * Throws an error that names the option when one is unknown or out of range.
 */
export function makeSing(tf: Tfjs, transform: Transform): (optimizer: Optimizer, options?: Partial<SingPluginSettings>) => SingPlugin {
  class SingFront extends tf.Optimizer {
    // Typed here, defined by exposeOptions.
    declare centralize: SingPluginSettings['centralize'];
    declare normalize: SingPluginSettings['normalize'];
    declare epsilon: number;
    declare exclude: SingPluginSettings['exclude'];
    declare kinds: SingPluginSettings['kinds'];

    readonly #settings: SingPluginSettings;
    readonly #warning = new OneElementWarning();
    /** The inner optimizer's own applyGradients, while its minimize is led here. */
    #innerApply: Optimizer['applyGradients'] | undefined;

    constructor(readonly inner: Optimizer, options: Partial<SingPluginSettings>) {
      super();
      this.#settings = completeOptions(pluginDefaults, options);
      exposeOptions(this, this.#settings);
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
      const {exclude, kinds, ...settings} = this.#settings;
      const transformed: NamedTensor[] = [];
      // Not by tidy: that would also dispose what the inner optimizer keeps.
      const made: NamedTensor[] = [];
      try {
        for (const [name, gradient] of gradientEntries(gradients)) {
          let tensor = gradient;
          if (gradient !== null && !matchesAny(name, exclude)) {
            const kind = kindOf(name, gradient.shape, kinds);
            this.#warning.say(name, gradient.shape, kind, settings.centralize);
            tensor = transform(gradient, kind, settings);
            made.push({name, tensor});
          }
          // TensorFlow.js itself hands on null here; its type does not say so.
          transformed.push({name, tensor: tensor as NamedTensor['tensor']});
        }
        const apply = this.#innerApply ?? this.inner.applyGradients;
        apply.call(this.inner, Array.isArray(gradients) ? transformed : Object.fromEntries(transformed.map(({name, tensor}) => [name, tensor])));
      } finally {
        tf.dispose(made.map(({tensor}) => tensor));
      }
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

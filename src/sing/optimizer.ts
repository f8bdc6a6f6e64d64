import type {Optimizer, serialization} from '@tensorflow/tfjs-core';
import {kindOf, OneElementWarning, type Gradients} from './gradients';
import {completeOptions, exposeOptions, optimizerDefaults, type Kinds, type SingOptimizerSettings} from './options';
import {SingUpdate, type SingStep} from './singUpdate';
import type {NamedTensor, Tfjs} from './tfjs';

/**
 * SING as published: per parameter, centralize and normalize the gradient, then AdamW with decoupled decay on
 * parameters of more than one dimension and softplus(√v̂, beta) as denominator; over all, LookAhead
 * (Courtois et al. 2023, arXiv 2305.15997, order of operations of the authors' code).
 *
 * Every setting is a property that can be changed in mid-run, from the next step on:
 * - `centralize`, `normalize`, `epsilon`, `kinds`: the moments are kept, so for about 1/(1 − beta) steps they hold
 *   gradients of both sorts.
 * - `softplus`, `learningRate`, `weightDecay`, `decayAll`, `beta1`, `beta2`: nothing else changes. The bias
 *   corrections take the betas of the moment.
 * - `lookahead`: false forgets the slow weights and the counter, the weights stay where they are; on again, the
 *   slow weights begin as the weights then are. New `steps` hold for the interval that is running.
 *   Replace the object, it is frozen.
 *
 * - `skipNonFinite`: a step with a NaN or an infinity in any gradient changes nothing from then on, and is counted.
 *
 * A parameter without a gradient is skipped: no moment, decay, count or merge.
 */
export interface SingOptimizer extends Optimizer, SingOptimizerSettings {
  /** Steps that `skipNonFinite` left out. */
  readonly skippedSteps: number;
}

export interface SingOptimizerConstructor {
  /** @throws an error that names the option when one is unknown or out of range. */
  new (options?: Partial<SingOptimizerSettings>): SingOptimizer;
  readonly className: string;
  fromConfig<T extends serialization.Serializable>(cls: serialization.SerializableConstructor<T>, config: serialization.ConfigDict): T;
}

/** Binds `SingOptimizer` to one copy of TensorFlow.js, and registers it there for loading saved models. */
export function makeSingOptimizer(tf: Tfjs): SingOptimizerConstructor {
  class BoundSingOptimizer extends tf.Optimizer {
    static readonly className = 'SingOptimizer';

    // Typed here, defined by exposeOptions.
    declare learningRate: number;
    declare beta1: number;
    declare beta2: number;
    declare weightDecay: number;
    declare decayAll: boolean;
    declare epsilon: number;
    declare centralize: SingOptimizerSettings['centralize'];
    declare normalize: SingOptimizerSettings['normalize'];
    declare softplus: SingOptimizerSettings['softplus'];
    declare lookahead: SingOptimizerSettings['lookahead'];
    declare kinds: Kinds;

    declare skipNonFinite: boolean;

    readonly #settings: SingOptimizerSettings;
    readonly #update = new SingUpdate(tf);
    readonly #warning = new OneElementWarning();
    readonly #step: SingStep;
    #skippedSteps = 0;

    constructor(options: Partial<SingOptimizerSettings> = {}) {
      super();
      this.#settings = completeOptions(optimizerDefaults, options);
      exposeOptions(this, this.#settings);
      this.#step = {excludes: () => false, kindOf: (name, shape) => this.#kindOf(name, shape), wants: 'none'};
    }

    get skippedSteps(): number {
      return this.#skippedSteps;
    }

    applyGradients(gradients: Gradients): void {
      if (this.#update.step(gradients, this.#settings, this.#step).skipped) this.#skippedSteps += 1;
      else this.incrementIterations();
    }

    #kindOf(name: string, shape: readonly number[]): ReturnType<typeof kindOf> {
      const kind = kindOf(name, shape, this.#settings.kinds);
      this.#warning.say(name, shape, kind, this.#settings.centralize);
      return kind;
    }

    override dispose(): void {
      this.#update.dispose();
    }

    override async getWeights(): Promise<NamedTensor[]> {
      return this.#update.save(this.iterations);
    }

    override async setWeights(weights: NamedTensor[]): Promise<void> {
      this.iterations_ = await this.#update.restore(weights);
    }

    getConfig(): serialization.ConfigDict {
      const {softplus, lookahead, kinds, ...plain} = this.#settings;
      return {
        ...plain,
        softplus: typeof softplus === 'boolean' ? softplus : {...softplus},
        lookahead: lookahead === false ? false : {...lookahead},
        // Saving a model turns keys and strings into snake case, except under the key "name".
        kinds: Object.entries(kinds).map(([name, kind]) => ({name, kind: {name: kind}})),
      };
    }

    static override fromConfig<T extends serialization.Serializable>(cls: serialization.SerializableConstructor<T>, config: serialization.ConfigDict): T {
      // TensorFlow.js layers add `customObjects` when they load a model.
      const options = {...config};
      delete options.customObjects;
      const kinds = (options.kinds ?? []) as {name: string; kind: {name: string}}[];
      return new cls({...options, kinds: Object.fromEntries(kinds.map(({name, kind}) => [name, kind.name]))});
    }
  }
  tf.serialization.registerClass(BoundSingOptimizer);
  return BoundSingOptimizer;
}

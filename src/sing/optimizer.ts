import type {Optimizer, serialization, Tensor, Variable} from '@tensorflow/tfjs-core';
import {gradientEntries, kindOf, OneElementWarning, variableNamed, type Gradients} from './gradients';
import {completeOptions, exposeOptions, optimizerDefaults, softplusBeta, type Kinds, type SingOptimizerSettings} from './options';
import {ParameterStates, type ParameterState} from './parameterState';
import type {NamedTensor, Tfjs} from './tfjs';
import type {Transform} from './transform';

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
 * A parameter without a gradient is skipped: no moment, decay, count or merge.
 */
export interface SingOptimizer extends Optimizer, SingOptimizerSettings {}

export interface SingOptimizerConstructor {
  /** @throws an error that names the option when one is unknown or out of range. */
  new (options?: Partial<SingOptimizerSettings>): SingOptimizer;
  readonly className: string;
  fromConfig<T extends serialization.Serializable>(cls: serialization.SerializableConstructor<T>, config: serialization.ConfigDict): T;
}

/** Binds `SingOptimizer` to one copy of TensorFlow.js, and registers it there for loading saved models. */
export function makeSingOptimizer(tf: Tfjs, transform: Transform): SingOptimizerConstructor {
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

    readonly #settings: SingOptimizerSettings;
    readonly #states = new ParameterStates(tf);
    readonly #warning = new OneElementWarning();
    #lookaheadCounter = 0;

    constructor(options: Partial<SingOptimizerSettings> = {}) {
      super();
      this.#settings = completeOptions(optimizerDefaults, options);
      exposeOptions(this, this.#settings);
    }

    applyGradients(gradients: Gradients): void {
      const settings = this.#settings;
      const present = gradientEntries(gradients).flatMap(([name, gradient]) => (gradient === null ? [] : [{name, gradient, variable: variableNamed(tf, name)}]));
      this.#states.adopt(present);
      if (settings.lookahead === false) {
        this.#states.dropSlow();
        this.#lookaheadCounter = 0;
      }
      tf.tidy(() => {
        const update = stepRule(tf, settings);
        const updated: ParameterState[] = [];
        for (const {name, gradient, variable} of present) {
          const kind = kindOf(name, variable.shape, settings.kinds);
          this.#warning.say(name, variable.shape, kind, settings.centralize);
          const state = this.#states.of(name, variable);
          if (settings.lookahead !== false) state.slow ??= tf.tidy(() => tf.variable(tf.clone(variable), false));
          update(variable, state, () => transform(gradient, kind, settings));
          updated.push(state);
        }
        this.#merge(updated);
      });
      this.incrementIterations();
    }

    #merge(updated: readonly ParameterState[]): void {
      const {lookahead} = this.#settings;
      if (lookahead === false) return;
      this.#lookaheadCounter += 1;
      if (this.#lookaheadCounter < lookahead.steps) return;
      this.#lookaheadCounter = 0;
      const alpha = tf.scalar(lookahead.alpha);
      const rest = tf.scalar(1 - lookahead.alpha);
      for (const {variable, slow} of updated) {
        tf.tidy(() => {
          const merged = tf.add(tf.mul(variable!, alpha), tf.mul(slow!, rest));
          variable!.assign(merged);
          slow!.assign(merged);
        });
      }
    }

    override dispose(): void {
      this.#states.dispose();
    }

    override async getWeights(): Promise<NamedTensor[]> {
      return this.#states.save(this.iterations, this.#lookaheadCounter);
    }

    override async setWeights(weights: NamedTensor[]): Promise<void> {
      const {iterations, lookaheadCounter} = await this.#states.restore(weights);
      this.iterations_ = iterations;
      this.#lookaheadCounter = lookaheadCounter;
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

/**
 * AdamW's update of one parameter, for all parameters of a step; to be made and used in one tidy, since the
 * scalars are shared between the parameters.
 */
function stepRule(tf: Tfjs, settings: SingOptimizerSettings): (variable: Variable, state: ParameterState, gradient: () => Tensor) => void {
  const {learningRate, beta1, beta2, weightDecay, decayAll, epsilon, softplus} = settings;
  const beta = softplusBeta(softplus);
  const momentum = tf.scalar(beta1);
  const momentumRest = tf.scalar(1 - beta1);
  const smoothing = tf.scalar(beta2);
  const smoothingRest = tf.scalar(1 - beta2);
  const decay = tf.scalar(1 - learningRate * weightDecay);
  const floor = tf.scalar(epsilon);
  // By number of updates: the same for all parameters that had a gradient at every step.
  const corrections = new Map<number, {rate: Tensor; slope: Tensor}>();
  const correction = (steps: number): {rate: Tensor; slope: Tensor} => {
    let present = corrections.get(steps);
    if (present === undefined) {
      // softplus(x, beta) = log(1 + exp(beta x)) / beta; the division by beta moves into the rate.
      const rate = (learningRate / biasCorrection(beta1, steps)) * (beta > 0 ? beta : 1);
      const slope = (beta > 0 ? beta : 1) / Math.sqrt(biasCorrection(beta2, steps));
      present = {rate: tf.scalar(rate), slope: tf.scalar(slope)};
      corrections.set(steps, present);
    }
    return present;
  };
  return (variable, state, gradient) => {
    state.steps += 1;
    const {rate, slope} = correction(state.steps);
    tf.tidy(() => {
      const g = gradient();
      const m = tf.add(tf.mul(state.m, momentum), tf.mul(g, momentumRest));
      const v = tf.add(tf.mul(state.v, smoothing), tf.mul(tf.square(g), smoothingRest));
      state.m.assign(m);
      state.v.assign(v);
      const root = tf.mul(tf.sqrt(v), slope);
      const denominator = beta > 0 ? tf.softplus(root) : tf.add(root, floor);
      const decays = weightDecay !== 0 && (decayAll || variable.rank > 1);
      const start = decays ? tf.mul(variable, decay) : variable;
      variable.assign(tf.sub(start, tf.mul(tf.div(m, denominator), rate)));
    });
  };
}

/** 1 − beta^t in float32, as the authors' code and TensorFlow.js have it: at t = 1 that is 1.3e-5 off for 0.999. */
function biasCorrection(beta: number, steps: number): number {
  return Math.fround(1 - Math.fround(Math.pow(Math.fround(beta), steps)));
}

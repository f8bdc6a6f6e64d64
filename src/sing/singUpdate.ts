import type {Tensor} from '@tensorflow/tfjs-core';
import {gradientEntries, variableNamed, type Gradients} from './gradients';
import type {ParameterKind} from './kind';
import {softplusBeta, type SingOptimizerSettings} from './options';
import {ParameterStates} from './parameterStates';
import type {WantedMoments} from './stepKernels';
import {canUpdate, runStep, type StepResult} from './stepRun';
import type {NamedTensor, Tfjs} from './tfjs';

/** How one step is to be made, beside the settings of the optimizer. */
export interface SingStep {
  /** Whether SING's transform leaves the parameter of that name alone; it gets the rest of the update all the same. */
  excludes(name: string): boolean;
  kindOf(name: string, shape: readonly number[]): ParameterKind;
  readonly wants: WantedMoments;
}

/** The update of full SING and what it remembers, as {@link SingOptimizer} has it and a host can make it in another's place. */
export class SingUpdate {
  private readonly states: ParameterStates;
  /** Updates since the last merge. */
  private counter = 0;

  constructor(private readonly tf: Tfjs) {
    this.states = new ParameterStates(tf);
  }

  /**
   * One step. A skipped one changes nothing.
   * @returns a row for each gradient that is not null, in their order
   * @throws where a gradient belongs to no variable or does not fit it
   */
  step(gradients: Gradients, settings: SingOptimizerSettings, {excludes, kindOf, wants}: SingStep): StepResult {
    const {tf, states} = this;
    const {learningRate, beta1, beta2, weightDecay, decayAll, epsilon, softplus, lookahead, centralize, normalize, skipNonFinite} = settings;
    const present = gradientEntries(gradients).flatMap(([name, gradient]) => (gradient === null ? [] : [{name, ...fitting(tf, name, gradient)}]));
    states.adopt(present);
    if (lookahead === false) {
      states.dropSlow();
      this.counter = 0;
    }
    const counts = lookahead !== false && present.length > 0;
    const merges = counts && this.counter + 1 >= lookahead.steps;
    const entries = present.map(({name, gradient, variable}) => {
      const state = states.of(name, variable);
      const corrections: [number, number] = [biasCorrection(beta1, state.steps + 1), biasCorrection(beta2, state.steps + 1)];
      return {
        gradient, variable, corrections, state,
        kind: kindOf(name, variable.shape),
        transforms: !excludes(name),
        decays: weightDecay !== 0 && (decayAll || variable.rank > 1),
        memory: state.memory,
      };
    });
    const result = runStep(tf, entries, {
      transform: centralize === false && normalize === false ? null : {centralize, normalize, epsilon},
      rule: {rule: 'adam', learningRate, beta1, beta2, epsilon, softplus: softplusBeta(softplus), weightDecay},
      merge: merges ? lookahead.alpha : null,
      skipNonFinite,
      wants,
    }, lookahead !== false);
    if (result.skipped) return result;
    for (const {state} of entries) state.steps += 1;
    if (counts) this.counter = merges ? 0 : this.counter + 1;
    return result;
  }

  /** Copies, the caller's. */
  save(iterations: number): NamedTensor[] {
    return this.states.save(iterations, this.counter);
  }

  /** @returns the number of iterations that was saved */
  async restore(weights: readonly NamedTensor[]): Promise<number> {
    const {iterations, lookaheadCounter} = await this.states.restore(weights);
    this.counter = lookaheadCounter;
    return iterations;
  }

  dispose(): void {
    this.states.dispose();
  }
}

function fitting(tf: Tfjs, name: string, gradient: Tensor): {gradient: Tensor; variable: ReturnType<typeof variableNamed>} {
  const variable = variableNamed(tf, name);
  if (!canUpdate(variable, gradient)) {
    throw new Error(`applyGradients: the gradient of '${name}' is ${gradient.dtype} [${gradient.shape.join(', ')}] and the variable ${variable.dtype} [${variable.shape.join(', ')}]; both must be float32 and of one shape`);
  }
  return {gradient, variable};
}

/** 1 − beta^t in float32, as the authors' code and TensorFlow.js have it: at t = 1 that is 1.3e-5 off for 0.999. */
function biasCorrection(beta: number, steps: number): number {
  return Math.fround(1 - Math.fround(Math.pow(Math.fround(beta), steps)));
}

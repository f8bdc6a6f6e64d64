import type {Tensor, Variable} from '@tensorflow/tfjs-core';
import {kernelsFor} from './kernels/kernelChoice';
import {ParameterMemory} from './parameterMemory';
import type {NamedTensor, Tfjs} from './tfjs';

/** What the optimizer remembers of one parameter. */
export interface ParameterState {
  /** The variable it belongs to; null while restored weights wait for theirs. */
  variable: Variable | null;
  /** Updates of this parameter so far. */
  steps: number;
  /** First and second moment, and LookAhead's slow weights while LookAhead is on. */
  memory: ParameterMemory;
}

/**
 * The optimizer's memory, by variable name, and its saved form.
 *
 * Saved it is, as TensorFlow.js has it, a list that begins with `iter`: an int32 tensor of the number of updates, the
 * LookAhead counter and each parameter's own number of updates; then per parameter `NAME/m`, `NAME/v` and,
 * where LookAhead was on, `NAME/slow`. The tensors are copies.
 */
export class ParameterStates {
  private states = new Map<string, ParameterState>();
  /** Restored states that have not met their variable; in the order of the saved list. */
  private restored: {name: string; state: ParameterState}[] = [];

  constructor(private readonly tf: Tfjs) {}

  /**
   * Gives restored states to the parameters of this step: by name, or, where a loaded model has got new names
   * altogether, by place in the list.
   */
  adopt(parameters: readonly {name: string; variable: Variable}[]): void {
    if (this.restored.length === 0 || parameters.length === 0) return;
    const byName = parameters.some(({name}) => this.restored.some((entry) => entry.name === name));
    const left = byName ? this.restored.filter((entry) => !parameters.some(({name}) => name === entry.name)) : this.restored.slice(parameters.length);
    parameters.forEach(({name, variable}, place) => {
      const entry = byName ? this.restored.find((candidate) => candidate.name === name) : this.restored[place];
      if (entry === undefined) return;
      if (entry.state.memory.fits(variable.shape)) this.states.set(name, entry.state);
      else entry.state.memory.release();
    });
    // By name, the others may have their gradient at a later step.
    this.restored = byName ? left : [];
    if (!byName) left.forEach(({state}) => state.memory.release());
  }

  /** The state of a parameter; a new one for a new variable, or for another variable under an old name. */
  of(name: string, variable: Variable): ParameterState {
    const present = this.states.get(name);
    if (present !== undefined && (present.variable ?? variable) === variable) {
      present.variable = variable;
      return present;
    }
    present?.memory.release();
    this.forgetDisposed();
    const state: ParameterState = {variable, steps: 0, memory: new ParameterMemory(variable.shape)};
    this.states.set(name, state);
    return state;
  }

  /** Forgets all slow weights. */
  dropSlow(): void {
    for (const {memory} of this.states.values()) memory.dropSlow();
  }

  save(iterations: number, lookaheadCounter: number): NamedTensor[] {
    const entries = [...[...this.states].map(([name, state]) => ({name, state})), ...this.restored];
    const counts = [iterations, lookaheadCounter, ...entries.map(({state}) => state.steps)];
    const weights: NamedTensor[] = [{name: 'iter', tensor: this.tf.tensor1d(counts, 'int32')}];
    for (const {name, state} of entries) {
      const {arrays: [m, v], slow} = state.memory.copies();
      weights.push({name: `${name}/m`, tensor: m!}, {name: `${name}/v`, tensor: v!});
      if (slow !== null) weights.push({name: `${name}/slow`, tensor: slow});
    }
    return weights;
  }

  /**
   * Takes a list that `save` made; the tensors stay the caller's.
   * @throws when it is not one.
   */
  async restore(weights: readonly NamedTensor[]): Promise<{iterations: number; lookaheadCounter: number}> {
    const [counts, ...tensors] = weights;
    const groups = new Map<string, Record<string, Tensor>>();
    for (const {name, tensor} of tensors) {
      const cut = name.lastIndexOf('/');
      const parameter = name.slice(0, cut);
      groups.set(parameter, {...groups.get(parameter), [name.slice(cut + 1)]: tensor});
    }
    const numbers: number[] = counts === undefined ? [] : Array.from(await counts.tensor.data<'int32'>());
    if (numbers.length !== groups.size + 2 || [...groups.values()].some(({m, v}) => m === undefined || v === undefined)) {
      throw new Error('setWeights: these are not the weights of a SingOptimizer; pass what its getWeights() returned');
    }
    this.dispose();
    const kernels = kernelsFor(this.tf);
    this.restored = [...groups].map(([name, {m, v, slow}], place) => ({
      name,
      state: {variable: null, steps: numbers[place + 2]!, memory: ParameterMemory.of(kernels, [m!, v!], slow ?? null)},
    }));
    return {iterations: numbers[0]!, lookaheadCounter: numbers[1]!};
  }

  dispose(): void {
    for (const {memory} of this.states.values()) memory.release();
    for (const {state} of this.restored) state.memory.release();
    this.states.clear();
    this.restored = [];
  }

  private forgetDisposed(): void {
    for (const [name, {variable, memory}] of this.states) {
      if (variable?.isDisposed !== true) continue;
      memory.release();
      this.states.delete(name);
    }
  }
}

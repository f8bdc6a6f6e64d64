import type {Tensor, Variable} from '@tensorflow/tfjs-core';
import type {NamedTensor, Tfjs} from './tfjs';

/** What the optimizer remembers of one parameter. */
export interface ParameterState {
  /** The variable it belongs to; null while restored weights wait for theirs. */
  variable: Variable | null;
  /** Updates of this parameter so far. */
  steps: number;
  /** First moment, second moment: shape of the parameter. */
  m: Variable;
  v: Variable;
  /** LookAhead's slow weights, while LookAhead is on. */
  slow: Variable | null;
}

/**
 * The optimizer's memory, by variable name, and its saved form.
 *
 * Saved it is, as TensorFlow.js has it, a list that begins with `iter`: an int32 tensor of the number of updates, the
 * LookAhead counter and each parameter's own number of updates; then per parameter `NAME/m`, `NAME/v` and,
 * where LookAhead was on, `NAME/slow`.
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
    if (this.restored.length === 0) return;
    const byName = parameters.some(({name}) => this.restored.some((entry) => entry.name === name));
    const left = byName ? this.restored.filter((entry) => !parameters.some(({name}) => name === entry.name)) : this.restored.slice(parameters.length);
    parameters.forEach(({name, variable}, place) => {
      const entry = byName ? this.restored.find((candidate) => candidate.name === name) : this.restored[place];
      if (entry === undefined) return;
      if (sameShape(entry.state.m, variable)) this.states.set(name, entry.state);
      else this.release(entry.state);
    });
    // By name, the others may have their gradient at a later step.
    this.restored = byName ? left : [];
    if (!byName) left.forEach(({state}) => this.release(state));
  }

  /** The state of a parameter; a new one for a new variable, or for another variable under an old name. */
  of(name: string, variable: Variable): ParameterState {
    const present = this.states.get(name);
    if (present !== undefined && (present.variable ?? variable) === variable) {
      present.variable = variable;
      return present;
    }
    if (present !== undefined) this.release(present);
    const {tf} = this;
    const zeros = (): Variable => tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
    const state: ParameterState = {variable, steps: 0, m: zeros(), v: zeros(), slow: null};
    this.states.set(name, state);
    return state;
  }

  /** Forgets all slow weights. */
  dropSlow(): void {
    for (const state of this.states.values()) {
      state.slow?.dispose();
      state.slow = null;
    }
  }

  save(iterations: number, lookaheadCounter: number): NamedTensor[] {
    const entries = [...[...this.states].map(([name, state]) => ({name, state})), ...this.restored];
    const counts = [iterations, lookaheadCounter, ...entries.map(({state}) => state.steps)];
    const weights: NamedTensor[] = [{name: 'iter', tensor: this.tf.tensor1d(counts, 'int32')}];
    for (const {name, state} of entries) {
      weights.push({name: `${name}/m`, tensor: state.m}, {name: `${name}/v`, tensor: state.v});
      if (state.slow !== null) weights.push({name: `${name}/slow`, tensor: state.slow});
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
    const copy = (tensor: Tensor): Variable => this.tf.tidy(() => this.tf.variable(this.tf.clone(tensor), false));
    this.restored = [...groups].map(([name, {m, v, slow}], place) => ({
      name,
      state: {variable: null, steps: numbers[place + 2]!, m: copy(m!), v: copy(v!), slow: slow === undefined ? null : copy(slow)},
    }));
    return {iterations: numbers[0]!, lookaheadCounter: numbers[1]!};
  }

  dispose(): void {
    for (const state of this.states.values()) this.release(state);
    for (const {state} of this.restored) this.release(state);
    this.states.clear();
    this.restored = [];
  }

  private release({m, v, slow}: ParameterState): void {
    m.dispose();
    v.dispose();
    slow?.dispose();
  }
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
}

import type {Optimizer, Tensor, Variable} from '@tensorflow/tfjs-core';
import {gradientEntries, type Gradients} from '../gradients';
import {kernelsFor} from '../kernels/kernelChoice';
import type {ParameterKind} from '../kind';
import type {TransformSettings} from '../options';
import type {WantedMoments} from '../stepKernels';
import {canUpdate, runStep, type StepResult} from '../stepRun';
import type {Tfjs} from '../tfjs';
import {StateLoan} from './stateLoan';
import {stockKind, type StockFields, type StockKind} from './stockRules';

/** How one step is to be made. */
export interface StockStep {
  /** SING's transform in front of the rule; null for none. */
  readonly transform: TransformSettings | null;
  /** Whether SING leaves the parameter of that name alone. */
  excludes(name: string): boolean;
  kindOf(name: string, shape: readonly number[]): ParameterKind;
  /** The optimizer's learning rate is multiplied by it. */
  readonly rateScale: number;
  readonly skipNonFinite: boolean;
  readonly wants: WantedMoments;
}

interface Present {
  name: string;
  gradient: Tensor;
  variable: Variable;
}

/** The update of one of TensorFlow.js' own optimizers, made by the kernels in its place. */
export interface StockUpdate {
  /**
   * Makes the whole step that `optimizer.applyGradients(gradients)` would make, hyper-parameters as they stand now,
   * `iterations` counted; a skipped step changes nothing.
   * @returns what came of it, a row for each gradient that is not null, in their order; null, and nothing done, where
   * the optimizer has to make the step itself: no kernels on this backend that are worth it, a parameter that is not
   * float32 or has been disposed, an optimizer that has been disposed
   */
  step(gradients: Gradients, step: StockStep): StepResult | null;
  /**
   * The second moment that Adam keeps of a parameter, while the kernels have it on loan, without ending the loan.
   * @returns a copy, the caller's, with the power of beta2 that the next step will take; null: no loan, no such parameter, another rule
   */
  secondMoment(name: string): {values: Tensor; power: number} | null;
}

/** What TensorFlow.js puts behind a parameter's name in Adam's second list. */
const SECOND_MOMENT = 'v';

const updates = new WeakMap<Optimizer, StockUpdate>();

/**
 * The update of an SGD, momentum (Nesterov too) or Adam of TensorFlow.js by the kernels, to within rounding. What the
 * optimizer remembers stays its own to every eye: see {@link StateLoan}. One per optimizer, however often it is asked for.
 * @param tf the copy of TensorFlow.js that the optimizer is of
 * @returns null for every other optimizer, the user's subclasses of those three included
 */
export function stockUpdate(tf: Tfjs, optimizer: Optimizer): StockUpdate | null {
  const kind = stockKind(tf, optimizer);
  if (kind === null) return null;
  let update = updates.get(optimizer);
  if (update === undefined) updates.set(optimizer, update = new LoanedUpdate(tf, optimizer, kind));
  return update;
}

class LoanedUpdate implements StockUpdate {
  private loan: StateLoan | null = null;

  constructor(private readonly tf: Tfjs, private readonly optimizer: Optimizer, private readonly kind: StockKind) {}

  step(gradients: Gradients, {transform, excludes, kindOf, rateScale, skipNonFinite, wants}: StockStep): StepResult | null {
    const {tf, optimizer} = this;
    if (kernelsFor(tf).name === 'tfjs') return null;
    const entries = gradientEntries(gradients);
    const present = this.present(entries);
    const rule = this.kind.rule(optimizer as unknown as StockFields, rateScale);
    if (present === null || rule === null) return null;
    const names = entries.map(([name]) => name);
    this.loan ??= StateLoan.take(tf, optimizer, this.kind, names, () => (this.loan = null));
    const {loan} = this;
    if (loan === null) return null;
    const corrections = correctionsOf(loan);
    const result = runStep(tf, present.map(({name, gradient, variable}) => ({
      gradient, variable, corrections,
      kind: kindOf(name, variable.shape),
      transforms: transform !== null && !excludes(name),
      decays: false,
      memory: loan.memoryOf(name, variable),
    })), {transform, rule, merge: null, skipNonFinite, wants}, false);
    loan.stepped(names);
    if (result.skipped) return result;
    if (rule.rule === 'adam') loan.powers = [nextPower(loan.powers[0]!, rule.beta1), nextPower(loan.powers[1]!, rule.beta2)];
    (optimizer as unknown as {incrementIterations(): void}).incrementIterations();
    return result;
  }

  secondMoment(name: string): {values: Tensor; power: number} | null {
    const index = this.kind.lists.findIndex(({suffix}) => suffix === SECOND_MOMENT);
    const values = index < 0 ? null : this.loan?.copyOf(name, index) ?? null;
    return values === null ? null : {values, power: this.loan?.powers[1] ?? NaN};
  }

  /** Gradients with their variables; null where the kernels can't update one of them. */
  private present(entries: readonly [string, Tensor | null][]): Present[] | null {
    const {registeredVariables} = this.tf.engine();
    const present: Present[] = [];
    for (const [name, gradient] of entries) {
      if (gradient === null) continue;
      const variable = registeredVariables[name];
      if (variable === undefined || !canUpdate(variable, gradient)) return null;
      present.push({name, gradient, variable});
    }
    return present;
  }
}

/** As TensorFlow.js has them, in float32. */
function correctionsOf({powers}: StateLoan): [number, number] {
  return powers.length === 0 ? [1, 1] : [Math.fround(1 - powers[0]!), Math.fround(1 - powers[1]!)];
}

function nextPower(power: number, beta: number): number {
  return Math.fround(power * Math.fround(beta));
}

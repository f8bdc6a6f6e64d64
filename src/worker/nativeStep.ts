import {MOMENT_COLUMNS} from '../protocol/moments';
import type {NativeStep} from '../sing/nativeOps';
import type {StepMoments, UpdateRule} from '../sing/stepKernels';

// As native/updateOp.cc numbers them.
const RULE_CODE = {sgd: 0, momentum: 1, adam: 2} as const;
const STEP_NUMBERS = 14;
const PARAMETER_NUMBERS = 5;
/** Blocks of moments: of the gradient; of the transformed gradient, the weights, the updates too. */
const BLOCKS = {none: 0, gradients: 1, all: 4} as const;

/** The numbers of a step as the op SingscopeUpdate reads them. */
export function stepNumbers({settings, transforms, axes, decays, corrections, slow, gradients}: NativeStep): Float64Array {
  const {transform, rule, merge, skipNonFinite, wants} = settings;
  const numbers = new Float64Array(STEP_NUMBERS + PARAMETER_NUMBERS * gradients.length);
  const normalize = transform === null || transform.normalize === false ? 0 : transform.normalize === 'std' ? 2 : 1;
  numbers.set([
    RULE_CODE[rule.rule], Number(rule.rule === 'momentum' && rule.nesterov), rule.learningRate, ...ruleNumbers(rule), merge ?? NaN,
    normalize, transform?.epsilon ?? 0, Number(skipNonFinite), BLOCKS[wants], Number(slow !== null),
  ]);
  for (let i = 0; i < gradients.length; i++) {
    const [first, second] = corrections[i] ?? [1, 1];
    const at = STEP_NUMBERS + i * PARAMETER_NUMBERS;
    numbers[at] = Number(transform !== null && transforms[i] === true);
    numbers[at + 1] = axes[i] ?? 0;
    numbers[at + 2] = Number(decays[i] === true);
    numbers[at + 3] = first;
    numbers[at + 4] = second;
  }
  return numbers;
}

/** The report of the op: skipped, the norms, and the moments where they were wanted. */
export function stepReport(report: Float64Array, parameters: number): {skipped: boolean; norms: Float64Array; moments: StepMoments | null} {
  const rest = report.subarray(1 + parameters);
  return {skipped: report[0] === 1, norms: report.slice(1, 1 + parameters), moments: rest.length === 0 ? null : momentBlocks(rest, parameters)};
}

/** momentum or beta1, beta2, epsilon, softplus, weight decay */
function ruleNumbers(rule: UpdateRule): number[] {
  if (rule.rule === 'adam') return [rule.beta1, rule.beta2, rule.epsilon, rule.softplus, rule.weightDecay];
  return [rule.rule === 'momentum' ? rule.momentum : 0, 0, 0, 0, 0];
}

function momentBlocks(values: Float64Array, parameters: number): StepMoments {
  const width = values.length / parameters;
  const [gradients, transformed, weights, updates] = Array.from({length: width / MOMENT_COLUMNS}, (_, block) => {
    const rows = new Float64Array(parameters * MOMENT_COLUMNS);
    for (let i = 0; i < parameters; i++) {
      const at = i * width + block * MOMENT_COLUMNS;
      rows.set(values.subarray(at, at + MOMENT_COLUMNS), i * MOMENT_COLUMNS);
    }
    return rows;
  });
  return {gradients: gradients ?? values, others: transformed && weights && updates ? {transformed, weights, updates} : null};
}

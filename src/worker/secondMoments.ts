import type {KernelUpdates} from './kernelUpdates';
import {asFloats} from './tensorValues';
import type {TfOptimizer, TfTensor} from './tfjsTypes';

/** What an optimizer remembers of the squares of one parameter's gradients. */
export interface SecondMoment {
  values: Float32Array;
  /** The values divided by it estimate the mean of the squares: 1 − beta2^t for Adam, 1 for RMSprop. */
  correction: number;
  epsilon: number;
}

interface Accumulation {
  originalName?: string;
  variable?: TfTensor;
}

interface SecondMomentFields {
  beta2?: unknown;
  epsilon?: unknown;
  accBeta2?: TfTensor;
  accumulatedSecondMoment?: Accumulation[];
  accumulatedMeanSquares?: Accumulation[];
}

const USUAL_EPSILON = 1e-7;

/** The second moment of a parameter after a step of an Adam or RMSprop, whoever made it; null for optimizers that keep none, and where it can't be told. */
export function secondMomentOf(optimizer: TfOptimizer, name: string, kernels: KernelUpdates): SecondMoment | null {
  const fields = optimizer as TfOptimizer & SecondMomentFields;
  const epsilon = typeof fields.epsilon === 'number' ? fields.epsilon : USUAL_EPSILON;
  const lent = kernels.secondMoment(optimizer, name);
  if (lent !== null) {
    try {
      return {values: asFloats(lent.values), correction: correction(lent.power, fields.beta2), epsilon};
    } finally {
      lent.values.dispose();
    }
  }
  // On loan, but not of this parameter: to touch the field would end the loan.
  if (Object.getOwnPropertyDescriptor(optimizer, 'accumulatedSecondMoment')?.get !== undefined) return null;
  const adam = variableOf(fields.accumulatedSecondMoment, `${name}/v`);
  if (adam !== null && fields.accBeta2 !== undefined) return {values: asFloats(adam), correction: correction(fields.accBeta2.dataSync()[0] ?? NaN, fields.beta2), epsilon};
  const rmsprop = variableOf(fields.accumulatedMeanSquares, `${name}/rms`);
  return rmsprop === null ? null : {values: asFloats(rmsprop), correction: 1, epsilon};
}

/** TensorFlow.js keeps the power that its next step will take. */
function correction(nextPower: number, beta2: unknown): number {
  return typeof beta2 === 'number' ? 1 - nextPower / beta2 : NaN;
}

function variableOf(list: readonly Accumulation[] | undefined, originalName: string): TfTensor | null {
  const variable = list?.find((entry) => entry?.originalName === originalName)?.variable;
  return variable === undefined || variable.isDisposed ? null : variable;
}

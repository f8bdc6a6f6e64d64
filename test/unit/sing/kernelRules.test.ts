import * as tf from '@tensorflow/tfjs';
import {expect, it} from 'vitest';
import {ArrayKernels} from '../../../src/sing/kernels/arrayKernels';
import {OpsKernels} from '../../../src/sing/kernels/opsKernels';
import {stateArrays, type StepKernels, type StepSettings, type UpdateRule} from '../../../src/sing/stepKernels';
import {referenceUpdate, type ReferenceUpdate} from '../native/updateReference';
import {settings as numbers, type UpdateRequest} from '../native/updateRunner';

const [ROWS, COLUMNS] = [7, 5];
const size = ROWS * COLUMNS;
const adam = {rule: 'adam', learningRate: numbers.rate, beta1: numbers.momentum, beta2: numbers.beta2, epsilon: numbers.epsilon, weightDecay: numbers.decay} as const;
const rules: Readonly<Record<UpdateRequest['rule'], UpdateRule>> = {
  sgd: {rule: 'sgd', learningRate: numbers.rate},
  momentum: {rule: 'momentum', learningRate: numbers.rate, momentum: numbers.momentum, nesterov: false},
  nesterov: {rule: 'momentum', learningRate: numbers.rate, momentum: numbers.momentum, nesterov: true},
  adam: {...adam, softplus: 0},
  softplus: {...adam, softplus: numbers.softplus},
};
const kinds = ['vector', 'dense', 'embedding'] as const;
const normalizes = [false, 'norm', 'std'] as const;
const grid = Object.keys(rules).flatMap((rule) => kinds.flatMap((_kind, centralize) => normalizes.flatMap((_by, normalize) => [undefined, 0.3].map((alpha) => ({rule, centralize, normalize, alpha} as Cell)))));
type Cell = Pick<UpdateRequest, 'rule' | 'centralize' | 'normalize' | 'alpha'>;

it.each([['arrays', () => new ArrayKernels(tf)], ['operations', () => new OpsKernels(tf)]] as const)('by %s every rule, transform and merge is that of a float64 reference', (_name, make) => {
  const kernels = make();
  for (const cell of grid) {
    const before = tf.memory().numTensors;
    expectSteps(kernels, cell);
    expect(tf.memory().numTensors).toBe(before);
  }
});

/** Three steps, so that what is remembered matters. */
function expectSteps(kernels: StepKernels, cell: Cell): void {
  const {rule, centralize, normalize, alpha} = cell;
  const variable = tf.tidy(() => tf.variable(tf.tensor2d(wave(1), [ROWS, COLUMNS])));
  const zeros = tf.zerosLike(variable);
  const state = Array.from({length: stateArrays[rules[rule].rule]}, () => kernels.stateOf(zeros, 'zeros'));
  const slow = alpha === undefined ? null : kernels.stateOf(variable, 'copy');
  const step: StepSettings = {transform: {centralize: true, normalize: normalizes[normalize], epsilon: numbers.normEpsilon}, rule: rules[rule], merge: alpha ?? null, skipNonFinite: false, wants: 'none'};
  let reference: ReferenceUpdate = {gradient: [], weights: [...wave(1)], state: [Array<number>(size).fill(0), Array<number>(size).fill(0)], slow: [...wave(1)], terms: []};
  for (let at = 1; at <= 3; at++) {
    const corrections: [number, number] = [1 - numbers.momentum ** at, 1 - numbers.beta2 ** at];
    const gradient = tf.tensor2d(wave(at + 1), [ROWS, COLUMNS]);
    kernels.update([{gradient, variable, kind: kinds[centralize], transforms: true, decays: true, corrections, state, slow}], step);
    const [first, second] = reference.state;
    reference = referenceUpdate({
      ...cell, rows: ROWS, columns: COLUMNS, decays: true, corrections, gradient: wave(at + 1), weights: Float32Array.from(reference.weights),
      state: [Float32Array.from(first), Float32Array.from(second)], slow: Float32Array.from(reference.slow),
    } as UpdateRequest);
    gradient.dispose();
    const got = variable.dataSync();
    reference.weights.forEach((want, i) => { expect(Math.abs(got[i]! - want), `${JSON.stringify(cell)}, step ${at}, element ${i}`).toBeLessThanOrEqual(2e-5 * (1 + Math.abs(want))); });
  }
  for (const array of [...state, ...slow === null ? [] : [slow]]) kernels.release(array);
  tf.dispose([variable, zeros]);
}

function wave(seed: number): Float32Array {
  return Float32Array.from({length: size}, (_, i) => Math.sin(seed * 12.9898 + i * 78.233) + 0.2);
}

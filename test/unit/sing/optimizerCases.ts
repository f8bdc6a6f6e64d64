import * as tf from '@tensorflow/tfjs-core';
import {sing, SingOptimizer} from '../../../src/sing/index';
import type {ParameterKind} from '../../../src/sing/kind';
import {deviation, kindOfParam, toTfjs, vectors, type Hyper, type OptimizerCase} from './vectors';

const tolerance = (want: number): number => 2e-5 * (1 + Math.abs(want));

type Kinds = Record<string, ParameterKind>;

/** The authors' constructor arguments as ours. */
function published(hyper: Partial<Hyper>, kinds: Kinds): SingOptimizer {
  return new SingOptimizer({
    learningRate: hyper.lr,
    beta1: hyper.betas?.[0],
    beta2: hyper.betas?.[1],
    weightDecay: hyper.weight_decay,
    epsilon: hyper.eps,
    softplus: hyper.softplus === false ? false : {beta: hyper.beta_softplus ?? 50},
    lookahead: hyper.lookahead_active === false ? false : {steps: hyper.la_mergetime ?? 5, alpha: hyper.la_alpha ?? 0.5},
    centralize: (hyper.grad_central ?? true) && 'always',
    normalize: hyper.grad_norm,
    kinds,
  });
}

function adamW(hyper: Partial<Hyper>): SingOptimizer {
  return new SingOptimizer({
    learningRate: hyper.lr,
    beta1: hyper.betas?.[0],
    beta2: hyper.betas?.[1],
    weightDecay: hyper.weight_decay ?? 0.01,
    epsilon: hyper.eps,
    decayAll: true,
    centralize: false,
    normalize: false,
    softplus: false,
    lookahead: false,
  });
}

function optimizerOf(entry: OptimizerCase, kinds: Kinds): tf.Optimizer {
  if (entry.optimizer === 'SING') return published(entry.hyper, kinds);
  const make = tf.train[entry.tfjs?.ctor as keyof typeof tf.train] as (...args: unknown[]) => tf.Optimizer;
  const inner = entry.tfjs === null ? adamW(entry.hyper) : make(...entry.tfjs.args.map((arg) => arg ?? undefined));
  const {transform} = entry;
  return transform === null
    ? sing(inner, {centralize: false, normalize: false})
    : sing(inner, {centralize: transform.grad_central && 'always', normalize: transform.grad_norm, epsilon: transform.eps, kinds});
}

/** Runs a case through the public API; returns its worst deviation in units of the tolerance. */
export function runCase(entry: OptimizerCase, form: 'map' | 'array'): number {
  const {params, grads} = vectors.inputs[entry.input]!;
  const names = params.map((param) => `${entry.id}/${param.name}`);
  const variables = params.map((param, index) => tf.variable(toTfjs(param, param.init), true, names[index]));
  const kinds = Object.fromEntries(params.map((param, index) => [names[index]!, kindOfParam(param)]));
  const groups = entry.groups?.map(({params: members, hyper}) => ({members, optimizer: published(hyper, kinds)})) ?? [
    {members: params.map((_, index) => index), optimizer: optimizerOf(entry, kinds)},
  ];
  const expected = entry.tfjs !== null ? (entry.expected_tfjs ?? entry.expected) : entry.expected;
  let worst = 0;
  for (const [step, stepGrads] of grads.slice(0, expected.length).entries()) {
    for (const {members, optimizer} of groups) {
      if (entry.lr_schedule !== null) (optimizer as SingOptimizer).learningRate = entry.lr_schedule[step]!;
      const named = members.map((index) => {
        const flat = stepGrads[index] ?? null;
        return {name: names[index]!, tensor: (flat === null ? null : toTfjs(params[index]!, flat)) as tf.Tensor};
      });
      optimizer.applyGradients(form === 'array' ? named : Object.fromEntries(named.map(({name, tensor}) => [name, tensor])));
      tf.dispose(named.map(({tensor}) => tensor));
    }
    for (const [index, variable] of variables.entries()) {
      const want = toTfjs(params[index]!, expected[step]![index]!);
      worst = Math.max(worst, deviation(variable.dataSync(), want.dataSync(), tolerance));
      want.dispose();
    }
  }
  groups.forEach(({optimizer}) => optimizer.dispose());
  tf.dispose(variables);
  return worst;
}

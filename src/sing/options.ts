import {parameterKinds, type ParameterKind} from './kind';

/** true: all but kernels with one element per mean; 'always': the authors' rule, those too; false: none. */
export type Centralize = boolean | 'always';
/** true and 'norm': divide by the L2 norm; 'std': by the L2 norm over the root of the number of elements; false: leave. */
export type Normalize = boolean | 'norm' | 'std';

/** What is done to one gradient. */
export interface TransformSettings {
  centralize: Centralize;
  normalize: Normalize;
  /** Added to the norm before dividing by it. Finite, at least 0. */
  epsilon: number;
}

/** LookAhead: every `steps` updates the weights become `alpha`·weights + (1 − `alpha`)·slow weights. */
export interface Lookahead {
  /** Whole number of updates between merges, at least 1. */
  steps: number;
  /** Share of the fast weights, from 0 to 1. */
  alpha: number;
}

/** {variable name: kind}, where neither the layer nor the shape tells. */
export type Kinds = Readonly<Record<string, ParameterKind>>;

/** Settings of `sing(optimizer, …)`. Each is also a property of the optimizer that it returns. */
export interface SingPluginSettings extends TransformSettings {
  /** Variables that SING leaves alone: names, layer names, or globs with `*`. */
  exclude: readonly string[];
  kinds: Kinds;
  /** Leave out, and count, a step in which a gradient has a NaN or an infinity; otherwise it goes on as it is. */
  skipNonFinite: boolean;
}

/** Settings of `SingOptimizer`. Each is also a property of the optimizer. */
export interface SingOptimizerSettings extends TransformSettings {
  /** Finite, at least 0. */
  learningRate: number;
  /** Decay of the first moment, from 0 to below 1. */
  beta1: number;
  /** Decay of the second moment, from 0 to below 1. */
  beta2: number;
  /** Decoupled weight decay; finite, at least 0. */
  weightDecay: number;
  /** Also decay vectors and scalars, as AdamW of PyTorch does. */
  decayAll: boolean;
  /** softplus(√v̂) as denominator instead of √v̂ + ε; true is beta 50. */
  softplus: boolean | {beta: number};
  lookahead: Lookahead | false;
  kinds: Kinds;
  /** Leave out, and count, a step in which a gradient has a NaN or an infinity; otherwise it goes on as it is. */
  skipNonFinite: boolean;
}

export const transformDefaults: TransformSettings = {centralize: true, normalize: true, epsilon: 1e-8};

export const pluginDefaults: SingPluginSettings = {...transformDefaults, exclude: [], kinds: {}, skipNonFinite: false};

/** The published defaults, but for `centralize`: the authors' is 'always'. */
export const optimizerDefaults: SingOptimizerSettings = {
  learningRate: 5e-3,
  beta1: 0.9,
  beta2: 0.999,
  weightDecay: 0,
  decayAll: false,
  epsilon: 1e-8,
  centralize: true,
  normalize: true,
  softplus: true,
  lookahead: {steps: 5, alpha: 0.5},
  kinds: {},
  skipNonFinite: false,
};

/** Softplus's beta, or 0 where it is off. */
export function softplusBeta(softplus: SingOptimizerSettings['softplus']): number {
  return softplus === false ? 0 : softplus === true ? 50 : softplus.beta;
}

interface Rule {
  range: string;
  holds: (value: unknown) => boolean;
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const hasOnly = (value: Record<string, unknown>, keys: readonly string[]): boolean => Object.keys(value).every((key) => keys.includes(key));
const isKind = (value: unknown): boolean => (parameterKinds as readonly unknown[]).includes(value);
const kindList = parameterKinds.map((kind) => `'${kind}'`).join(', ');

const atLeastZero: Rule = {range: 'a finite number, at least 0', holds: (value) => isNumber(value) && value >= 0};
const belowOne: Rule = {range: 'a number from 0 to below 1', holds: (value) => isNumber(value) && value >= 0 && value < 1};
const flag: Rule = {range: 'true or false', holds: (value) => typeof value === 'boolean'};

const rules: Record<keyof SingOptimizerSettings | keyof SingPluginSettings | 'kind', Rule> = {
  learningRate: atLeastZero,
  beta1: belowOne,
  beta2: belowOne,
  weightDecay: atLeastZero,
  decayAll: flag,
  epsilon: atLeastZero,
  centralize: {range: "true, 'always' or false", holds: (value) => typeof value === 'boolean' || value === 'always'},
  normalize: {range: "true, 'norm', 'std' or false", holds: (value) => typeof value === 'boolean' || value === 'norm' || value === 'std'},
  softplus: {
    range: 'true, false or {beta} with a finite beta above 0',
    holds: (value) => typeof value === 'boolean' || (isRecord(value) && hasOnly(value, ['beta']) && isNumber(value.beta) && value.beta > 0),
  },
  lookahead: {
    range: 'false or {steps, alpha} with a whole number of steps, at least 1, and alpha from 0 to 1',
    holds: (value) =>
      value === false ||
      (isRecord(value) && hasOnly(value, ['steps', 'alpha']) &&
        isNumber(value.steps) && Number.isInteger(value.steps) && value.steps >= 1 &&
        isNumber(value.alpha) && value.alpha >= 0 && value.alpha <= 1),
  },
  kinds: {range: `{variable name: kind} with a kind out of ${kindList}`, holds: (value) => isRecord(value) && Object.values(value).every(isKind)},
  kind: {range: `one of ${kindList}`, holds: isKind},
  skipNonFinite: flag,
  exclude: {range: 'a list of names or globs', holds: (value) => Array.isArray(value) && value.every((glob) => typeof glob === 'string')},
};

/** Throws an error that names the option, the value and the range, unless the value is in range. */
export function checkOption(name: keyof typeof rules, value: unknown): void {
  const rule = rules[name];
  if (!rule.holds(value)) throw new Error(`${name}: ${show(value)} is out of range; it must be ${rule.range}`);
}

/**
 * Defaults overlaid with what the user gave, each checked.
 * @throws when an option is unknown or out of range.
 */
export function completeOptions<T extends object>(defaults: T, options: Partial<T>): T {
  if (!isRecord(options)) throw new Error(`options: ${show(options)} is out of range; it must be an object`);
  const settings = {...defaults};
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, name)) throw new Error(`${name}: no such option; the options are ${Object.keys(defaults).join(', ')}`);
    if (value !== undefined) settings[name as keyof T] = checkedOption(name as keyof typeof rules, value) as T[keyof T];
  }
  return settings;
}

/** Makes every setting a property of `target` that refuses values out of range, so that it can be changed in mid-run. */
export function exposeOptions<T extends object>(target: object, settings: T): void {
  for (const name of Object.keys(settings) as (keyof T & keyof typeof rules)[]) {
    Object.defineProperty(target, name, {
      enumerable: true,
      get: () => settings[name],
      set: (value: unknown) => {
        settings[name] = checkedOption(name, value) as T[typeof name];
      },
    });
  }
}

function checkedOption(name: keyof typeof rules, value: unknown): unknown {
  // Half of a LookAhead is a fair wish: the other half is the published one.
  const whole = name === 'lookahead' && isRecord(value) ? {...optimizerDefaults.lookahead, ...value} : value;
  checkOption(name, whole);
  // Changed from outside, an object would escape the check.
  return Array.isArray(whole) ? Object.freeze([...whole]) : isRecord(whole) ? Object.freeze({...whole}) : whole;
}

function show(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  if (typeof value === 'string') return `'${value}'`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

import type {NamedTensorMap, Tensor, Variable} from '@tensorflow/tfjs-core';
import {checkKind, kindFromLayer, meansOneElement, type ParameterKind} from './kind';
import type {Kinds, TransformSettings} from './options';
import type {NamedTensor, Tfjs} from './tfjs';

/** What `applyGradients` is given: `minimize` makes a map, and a list when it was given variables. */
export type Gradients = NamedTensorMap | NamedTensor[];

/** Both forms as a list of names and gradients; null where the step has no gradient for the parameter. */
export function gradientEntries(gradients: Gradients): [name: string, gradient: Tensor | null][] {
  if (Array.isArray(gradients)) return gradients.map(({name, tensor}) => [name, tensor ?? null]);
  return Object.entries(gradients).map(([name, tensor]) => [name, tensor ?? null]);
}

/** The variable that the gradient is for. */
export function variableNamed(tf: Tfjs, name: string): Variable {
  const variable = tf.engine().registeredVariables[name];
  if (variable === undefined) throw new Error(`applyGradients: there is no variable named '${name}'; gradients are named as the variables they are for`);
  return variable;
}

/** The kind that the user named, or what the variable's name and shape tell. */
export function kindOf(name: string, shape: readonly number[], kinds: Kinds): ParameterKind {
  const named = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (named === undefined) return kindFromLayer(undefined, name, shape);
  checkKind(`kinds['${name}']`, named, shape);
  return named;
}

/** Says once per variable what centralizing does, or would do, to a kernel with one element per mean. */
export class OneElementWarning {
  private readonly said = new Set<string>();

  say(name: string, shape: readonly number[], kind: ParameterKind, centralize: TransformSettings['centralize']): void {
    if (centralize === false || this.said.has(name) || !meansOneElement(kind, shape)) return;
    this.said.add(name);
    const why = `${name} [${shape.join(', ')}] has one element per mean, so centralizing makes its gradient zero`;
    console.warn(centralize === 'always' ? `SING: ${why}: it will not train. Use centralize: true.` : `SING: ${why}: it is not centralized. (centralize: 'always' would.)`);
  }
}

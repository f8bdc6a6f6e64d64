import {Uri} from 'vscode';
import type {FindingArgument, RunArgument, TrialArgument} from '../contributions';

/** The script that a lens, a menu of the explorer or an editor title means; null where it means none. */
export function scriptOf(argument: unknown): Uri | null {
  if (argument instanceof Uri) return argument;
  const {uri} = fieldsOf(argument);
  return typeof uri === 'string' ? Uri.parse(uri) : null;
}

/** The run that a tree item, a code action or the panel means. */
export function runOf(argument: unknown): RunArgument | null {
  const {store, run, parameter, step} = fieldsOf(argument);
  if (typeof store !== 'string' || typeof run !== 'string') return null;
  return {store, run, ...(typeof parameter === 'string' ? {parameter} : {}), ...(typeof step === 'number' ? {step} : {})};
}

/** Whether the runtime for the GPU is meant. */
export function gpuOf(argument: unknown): boolean {
  return fieldsOf(argument)['gpu'] === true;
}

/** The trial that a tree item means. */
export function trialOf(argument: unknown): TrialArgument | null {
  const {store, trial, run} = fieldsOf(argument);
  return typeof store === 'string' && typeof trial === 'string' && run === undefined ? {store, trial} : null;
}

export function findingOf(argument: unknown): FindingArgument | null {
  const {store, run, finding} = fieldsOf(argument);
  return typeof store === 'string' && typeof run === 'string' && typeof finding === 'string' ? {store, run, finding} : null;
}

/** What a menu of a list gives: the item, then all that are selected; each once. */
export function selectionOf<T>(parse: (argument: unknown) => T | null, first: unknown, all: unknown): T[] {
  const given: unknown[] = Array.isArray(all) && all.length > 0 ? all : [first];
  return given.flatMap((argument) => parse(argument) ?? []);
}

function fieldsOf(argument: unknown): Record<string, unknown> {
  return typeof argument === 'object' && argument !== null ? (argument as Record<string, unknown>) : {};
}

import {InvalidArgumentError} from 'commander';
import {rules} from '../protocol/finding';

/** Parsers of option values; each throws commander's error, whose text ends in what is allowed. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
    return value;
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Give a number above 0.');
  return value;
}

export function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError('Give a number of at least 0.');
  return value;
}

/** A seed, or `keep`. TensorFlow takes 32 bits. */
export function seedOrKeep(text: string): number | 'keep' {
  if (text === 'keep') return text;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new InvalidArgumentError('Give a whole number from 0 to 4294967295, or keep.');
  return value;
}

/** Rules that stop a run: a comma-separated list, or `any`. */
export function ruleList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim()).filter(Boolean);
  const known: readonly string[] = ['any', ...rules];
  if (names.length === 0 || names.some((name) => !known.includes(name))) throw new InvalidArgumentError(`Give any, or some of ${rules.join(', ')}, separated by commas.`);
  return names;
}

export function oneOf<T extends string>(...choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`Give ${choices.join(' or ')}.`);
    return found;
  };
}

/** For options that may be given several times. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/** K=V, several times. */
export function collectVariable(text: string, before: Record<string, string> | undefined): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Give NAME=VALUE.');
  return {...before, [text.slice(0, at)]: text.slice(at + 1)};
}

import type {Command} from 'commander';
import {defaultSingSettings, type SingSettings} from '../protocol/sing';
import {Failure} from '../platform/failure';
import {collect, nonNegative, oneOf} from './optionValues';

/** Values of the options that set SING, as commander gives them; undefined where not given. */
export interface SingOptions {
  sing?: 'off' | 'on' | 'full';
  centralize?: boolean | 'always';
  normalize?: false | 'norm' | 'std';
  softplus?: boolean;
  lookahead?: boolean;
  weightDecay?: number;
  skipNonFinite?: boolean;
  exclude?: string[];
}

/** The single toggles of SING; `run`, `exec`, `ab` and `set` share them. */
export function addSingToggles(command: Command): Command {
  return command
    .option('--centralize [always]', 'subtract the mean; always: also where there is one element per mean', oneOf('always'))
    .option('--no-centralize', 'leave the mean in')
    .option('--normalize <norm|std>', 'divide by the L2 norm, or by it over the root of the size', oneOf('norm', 'std'))
    .option('--no-normalize', 'leave the size of the gradients')
    .option('--softplus', 'with full SING: soften the denominator')
    .option('--no-softplus')
    .option('--lookahead', 'with full SING: LookAhead')
    .option('--no-lookahead')
    .option('--weight-decay <x>', 'with full SING: decoupled weight decay', nonNegative)
    .option('--skip-non-finite', 'skip the update of a step whose gradients have a NaN or an infinity')
    .option('--no-skip-non-finite')
    .option('--exclude <glob>', 'parameters or layers that SING leaves alone (repeatable)', collect);
}

export function addSingMode(command: Command): Command {
  return command.option('--sing <off|on|full>', 'off: observe only; on: SING in front of the script\'s own optimizer; full: SING as published in the place of an Adam', oneOf('off', 'on', 'full'));
}

/** The parts that were named on the command line. */
export function namedSingSettings(options: SingOptions): Partial<SingSettings> {
  const {sing: mode, centralize, normalize, softplus, lookahead, weightDecay, skipNonFinite, exclude} = options;
  const named = {mode, centralize, normalize, softplus, lookahead, weightDecay, skipNonFinite, exclude};
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

export function singSettings(options: SingOptions): SingSettings {
  return {...defaultSingSettings, ...namedSingSettings(options)};
}

/** Says that something of the contract comes later, and what to do now. */
export function later(what: string, mend: string): Failure {
  return new Failure(`${what} comes in a later version: ${mend}.`);
}

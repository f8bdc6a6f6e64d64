import {Command, CommanderError} from 'commander';
import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {buildProgram} from '../../../src/cli/program';
import {addSessionOptions, sessionSettings, type SessionOptions} from '../../../src/cli/sessionOptions';
import {namedSingSettings, singSettings, type SingOptions} from '../../../src/cli/singOptions';
import {defaultSingSettings} from '../../../src/protocol/sing';

/** Options and arguments as one command parses them. */
function parsed(command: 'run' | 'exec' | 'ab', ...args: string[]): {args: string[]; options: Record<string, unknown>} {
  const program = buildProgram(resolve('.'), () => undefined);
  const sub = program.commands.find((candidate) => candidate.name() === command) as Command;
  const result = {args: [] as string[], options: {} as Record<string, unknown>};
  sub.action((first: string, rest: string[], options: Record<string, unknown>) => {
    result.args = [first, ...rest];
    result.options = options;
  });
  program.parse([command, ...args], {from: 'user'});
  return result;
}

function settingsOf(...args: string[]): ReturnType<typeof sessionSettings> {
  const command = addSessionOptions(new Command('x').exitOverride().configureOutput({outputError: () => undefined}));
  command.parse(args, {from: 'user'});
  return sessionSettings(command.opts<SessionOptions>(), '/package');
}

describe('arguments', () => {
  it('leaves what stands after -- to the script', () => {
    expect(parsed('run', 'train.js', '--seed', '3', '--', '--seed', '4', '-x', '--', 'y').args).toEqual(['train.js', '--seed', '4', '-x', '--', 'y']);
    expect(parsed('ab', '--jobs', '2', 'train.js', '--', '--optimizer', 'adam').args).toEqual(['train.js', '--optimizer', 'adam']);
  });

  it('leaves everything after the command of exec to it, with and without --', () => {
    for (const dashes of [[], ['--']]) {
      const {args, options} = parsed('exec', '--json', ...dashes, 'npm', 'run', 'train', '--', '--json', '--seed', '1');
      expect(args).toEqual(['npm', 'run', 'train', '--', '--json', '--seed', '1']);
      expect(options).toMatchObject({json: true});
      expect(options.seed).toBeUndefined();
    }
  });

  it('has the defaults of the contract', () => {
    expect(settingsOf()).toMatchObject({
      cwd: resolve('.'), env: {}, node: null, nodeArgs: [], sing: defaultSingSettings, lrScale: 1, seed: null, maxSteps: null, budgetPct: 2, failOn: [], runtime: 'auto',
    });
    expect(parsed('ab', 'x.js').options).toMatchObject({seeds: 3, arms: 'off,on', engine: 'local', lrScale: 1});
  });

  it('takes each option of the contract', () => {
    expect(settingsOf(
      '--sing', 'on', '--no-centralize', '--normalize', 'std', '--no-softplus', '--no-lookahead', '--weight-decay', '0.1', '--skip-non-finite', '--exclude', 'a*', '--exclude', 'b',
      '--lr-scale', '0.5', '--seed', '0', '--max-steps', '9', '--runtime', 'embedded', '--node', '/n', '--node-arg', '--expose-gc', '--node-arg', '-r', '--env', 'A=b=c', '--env', 'D=',
      '--store', '/s', '--budget', '5', '--fail-on', 'spike, leak',
    )).toEqual({
      packageRoot: '/package', store: '/s', cwd: resolve('.'), env: {A: 'b=c', D: ''}, node: '/n', nodeArgs: ['--expose-gc', '-r'], lrScale: 0.5, seed: 0, maxSteps: 9, budgetPct: 5,
      failOn: ['spike', 'leak'], runtime: 'embedded',
      sing: {mode: 'on', centralize: false, normalize: 'std', softplus: false, lookahead: false, weightDecay: 0.1, skipNonFinite: true, exclude: ['a*', 'b']},
    });
  });

  it.each([
    ['--sing', 'maybe'], ['--seed', '1.5'], ['--seed', '4294967296'], ['--seed', ''], ['--max-steps', '-1'], ['--lr-scale', 'Infinity'], ['--budget', '0'],
    ['--fail-on', ','], ['--runtime', 'gpu'], ['--weight-decay', '-1'], ['--centralize', 'sometimes'], ['--env', '=x'],
  ])('refuses %s %s', (...args) => {
    expect(() => settingsOf(...args)).toThrow(CommanderError);
  });

  it('keeps the script\'s randomness with --seed keep', () => {
    expect(settingsOf('--seed', 'keep').seed).toBeNull();
  });
});

describe('SING on the command line', () => {
  const named = (options: SingOptions): unknown => namedSingSettings(options);

  it('names only what was given, so that a change leaves the rest', () => {
    expect(named({})).toEqual({});
    expect(named({sing: 'off'})).toEqual({mode: 'off'});
    expect(named({centralize: 'always', normalize: false, softplus: true})).toEqual({centralize: 'always', normalize: false, softplus: true});
    expect(singSettings({sing: 'on', centralize: true})).toEqual({...defaultSingSettings, mode: 'on'});
  });

  it('names full SING with its parts', () => {
    expect(named({sing: 'full', lookahead: false, weightDecay: 0.01})).toEqual({mode: 'full', lookahead: false, weightDecay: 0.01});
  });
});

import {statSync} from 'node:fs';
import {resolve} from 'node:path';
import type {Command} from 'commander';
import {runtimeChoices, type RuntimeChoice} from '../protocol/workerOptions';
import {Failure} from '../platform/failure';
import {findStore} from '../runs/runStore';
import type {SessionSettings} from '../session/sessionSettings';
import {collect, collectVariable, oneOf, positive, ruleList, seedOrKeep, wholeNumber} from './optionValues';
import {addSingMode, addSingToggles, singSettings, type SingOptions} from './singOptions';

/** Options of `run`, `exec` and `ab`, as commander gives them. */
export interface SessionOptions extends SingOptions {
  lrScale: number;
  seed?: number | 'keep';
  maxSteps?: number;
  runtime: RuntimeChoice;
  node?: string;
  nodeArg?: string[];
  cwd?: string;
  env?: Record<string, string>;
  store?: string;
  budget: number;
  failOn?: string[];
  json?: boolean;
}

export function addSessionOptions(command: Command): Command {
  addSingToggles(addSingMode(command))
    .option('--lr-scale <x>', 'multiply the script\'s learning rate', positive, 1)
    .option('--seed <n|keep>', 'seed of everything random; keep leaves it to the script', seedOrKeep)
    .option('--max-steps <n>', 'stop cleanly after so many optimizer steps', wholeNumber(1))
    .option('--runtime <auto|workspace|managed|embedded>', 'which TensorFlow', oneOf(...runtimeChoices), 'auto' as RuntimeChoice)
    .option('--node <path>', 'the Node that runs the script')
    .option('--node-arg <arg>', 'argument for that Node (repeatable)', collect)
    .option('--cwd <dir>', 'folder the script is started in')
    .option('--env <name=value>', 'variable for the script (repeatable)', collectVariable)
    .option('--budget <percent>', 'most that the thinnable part of observation may cost', positive, 2)
    .option('--fail-on <rules>', 'stop and exit 3 at such a finding; any for every rule', ruleList)
    .option('--json', 'print one JSON object, alone on stdout');
  return addStoreOption(command);
}

export function addStoreOption(command: Command): Command {
  return command.option('--store <dir>', 'run store (default: .singscope beside the nearest package.json)');
}

export function storeOf(options: {store?: string}): string {
  return options.store === undefined ? findStore(process.cwd()) : resolve(options.store);
}

export function sessionSettings(options: SessionOptions, packageRoot: string): SessionSettings {
  return {
    packageRoot,
    store: storeOf(options),
    cwd: existingFolder(options.cwd ?? '.'),
    env: options.env ?? {},
    node: options.node ?? null,
    nodeArgs: options.nodeArg ?? [],
    sing: singSettings(options),
    lrScale: options.lrScale,
    seed: options.seed === undefined || options.seed === 'keep' ? null : options.seed,
    maxSteps: options.maxSteps ?? null,
    budgetPct: options.budget,
    failOn: options.failOn ?? [],
    runtime: options.runtime,
  };
}

function existingFolder(dir: string): string {
  const path = resolve(dir);
  if (!statSync(path, {throwIfNoEntry: false})?.isDirectory()) throw new Failure(`No such folder: ${path}. Check --cwd.`);
  return path;
}

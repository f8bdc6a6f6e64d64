import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Command} from 'commander';
import type {ExitCode} from '../platform/failure';
import {exportForms} from '../runs/export/exportRun';
import {compareArms, type AbOptions} from './abCommand';
import {doctor} from './doctorCommand';
import {execCommand} from './execCommand';
import {exportOne} from './exportCommand';
import {followRun, setRun, stopRun} from './liveCommands';
import {nonNegative, oneOf, wholeNumber} from './optionValues';
import {reportOn} from './reportCommand';
import {runScript} from './runCommand';
import {dropRun, listRuns, pruneStore, showRun} from './runsCommand';
import {installManaged, listManaged, removeManaged} from './runtimeCommand';
import {addSessionOptions, addStoreOption, type SessionOptions} from './sessionOptions';
import {addSingMode, addSingToggles} from './singOptions';

/** What the command line was asked to do; it resolves to the exit code. */
export type Action = () => ExitCode | Promise<ExitCode>;

/**
 * The command line of the contract. Parsing only picks the action, so that every mistake in it is
 * told before anything starts.
 */
export function buildProgram(packageRoot: string, choose: (action: Action) => void): Command {
  const {version} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {version: string};
  const program = new Command('singscope')
    .description('Find what made a TensorFlow.js training unstable, and whether SING mends it.')
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({outputError: () => undefined});

  addSessionOptions(program.command('run'))
    .summary('run an unchanged training script under observation')
    .usage('[options] <script> [-- script args]')
    .argument('<script>')
    .argument('[args...]')
    .action((script: string, args: string[], options: SessionOptions) => choose(() => runScript(script, args, options, packageRoot)));

  addSessionOptions(program.command('exec'))
    .summary('the same for any command: every Node process it starts that trains is a run')
    .usage('[options] -- <command> [args]')
    .argument('<command>')
    .argument('[args...]')
    .passThroughOptions()
    .action((file: string, args: string[], options: SessionOptions) => choose(() => execCommand(file, args, options, packageRoot)));

  addSessionOptions(program.command('ab'))
    .summary('the same script, SING off against on or full')
    .usage('[options] <script> [-- script args]')
    .argument('<script>')
    .argument('[args...]')
    .option('--seeds <n>', 'how many seeds', wholeNumber(1), 3)
    .option('--arms <names>', 'what is compared: off,on or off,full or off,on,full', 'off,on')
    .option('--jobs <n>', 'trainings at a time (default: half the cores)', wholeNumber(1))
    .option('--lr-ladder <rates>', 'comes in a later version')
    .option('--engine <local|ray>', 'where the trainings run', 'local')
    .option('--off-untouched', 'leave the off arm to the script\'s own optimizer, not the kernels that the other arms use')
    .action((script: string, args: string[], options: AbOptions) => choose(() => compareArms(script, args, options, packageRoot)));

  addLiveCommands(program, choose);
  addStoreCommands(program, choose);
  addRuntimeCommands(program, choose, packageRoot);
  return program;
}

function addLiveCommands(program: Command, choose: (action: Action) => void): void {
  const json = (command: Command): Command => addStoreOption(command).option('--json', 'print one JSON object, alone on stdout');
  json(program.command('follow'))
    .summary('watch a run that goes on')
    .argument('<run>', 'id, the beginning of one, or last')
    .action((run: string, options: {store?: string; json?: boolean}) => choose(() => followRun(run, options)));
  json(addSingToggles(addSingMode(program.command('set'))))
    .summary('switch SING or a part of it in a run that goes on')
    .argument('<run>')
    .action((run: string, options: Parameters<typeof setRun>[1]) => choose(() => setRun(run, options)));
  json(program.command('stop'))
    .summary('end a run: ask, SIGTERM, kill the tree')
    .argument('<run>')
    .action((run: string, options: {store?: string; json?: boolean}) => choose(() => stopRun(run, options)));
}

function addStoreCommands(program: Command, choose: (action: Action) => void): void {
  const shared = (command: Command): Command => addStoreOption(command).option('--json', 'print one JSON object, alone on stdout');
  type Options = {store?: string; json?: boolean};
  const runs = program.command('runs').summary('what is in the store');
  shared(runs.command('list', {isDefault: true})).summary('all runs')
    .action((options: Options) => choose(() => listRuns(options)));
  shared(runs.command('show')).summary('one run').argument('<id>')
    .action((id: string, options: Options) => choose(() => showRun(id, options)));
  shared(runs.command('rm')).summary('remove a run').argument('<id>')
    .action((id: string, options: Options) => choose(() => dropRun(id, options)));
  shared(runs.command('prune')).summary('remove all but the newest')
    .option('--keep <n>', 'how many stay (default: 20, or with --size as many as fit)', wholeNumber(0))
    .option('--size <MB>', 'how much those that stay may take on the disk', nonNegative)
    .action((options: Options & {keep?: number; size?: number}) => choose(() => pruneStore(options)));

  addStoreOption(program.command('report')).summary('write the HTML report of a run or a trial')
    .argument('<run|trial>')
    .option('--out <file>', 'where to (default: in the folder of the run or trial)')
    .option('--open <yes|no>', 'show it (default: on a terminal)', oneOf('yes', 'no'))
    .action((reference: string, options: Parameters<typeof reportOn>[1]) => choose(() => reportOn(reference, options)));
  addStoreOption(program.command('export')).summary('write a run for TensorBoard, or as CSV or Parquet files')
    .argument('<run>')
    .requiredOption('--to <form>', exportForms.join(', '), oneOf(...exportForms))
    .option('--out <dir>', 'where to (default: export/ in the folder of the run)')
    .action((reference: string, options: Parameters<typeof exportOne>[1]) => choose(() => exportOne(reference, options)));
}

function addRuntimeCommands(program: Command, choose: (action: Action) => void, packageRoot: string): void {
  program.command('doctor').summary('which Node, which TensorFlow, which GPU; what is wrong; the mend')
    .option('--json', 'print one JSON object, alone on stdout')
    .action((options: {json?: boolean}) => choose(() => doctor(options, packageRoot)));
  const runtime = program.command('runtime').summary('the managed TensorFlow');
  runtime.command('install').summary('install it')
    .option('--gpu', 'with CUDA')
    .option('--from <dir>', 'take the wheel and the package from there, without network')
    .option('--dir <dir>', 'where to')
    .action((options: Parameters<typeof installManaged>[0]) => choose(() => installManaged(options, packageRoot)));
  runtime.command('remove').summary('remove it').argument('[name]', 'as `runtime list` shows it').option('--dir <dir>', 'where it is')
    .action((name: string | undefined, options: {dir?: string}) => choose(() => removeManaged(name, options)));
  runtime.command('list').summary('what is installed').option('--json', 'print one JSON object, alone on stdout').option('--dir <dir>', 'where to look')
    .action((options: Parameters<typeof listManaged>[0]) => choose(() => listManaged(options)));
}

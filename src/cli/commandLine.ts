import {CommanderError} from 'commander';
import {exitCodes, Failure, messageOf} from '../platform/failure';
import {RunError} from '../runs/runError';
import {buildProgram, type Action} from './program';

const INTERNAL_ERROR = 1;

/** Parses and does what the arguments say. Never throws; resolves to the exit code. */
export async function commandLine(args: readonly string[], packageRoot: string): Promise<number> {
  try {
    let chosen: Action | null = null;
    const choose = (action: Action): void => {
      chosen = action;
    };
    await buildProgram(packageRoot, choose).parseAsync([...args], {from: 'user'});
    const action = chosen as Action | null;
    return action === null ? exitCodes.fine : await action();
  } catch (error) {
    return tell(error, args);
  }
}

function tell(error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.fine;
    // Without any command commander has shown its help, to stderr.
    if (error.code !== 'commander.help') process.stderr.write(`singscope: ${usageText(error, args)}\n`);
    return exitCodes.usage;
  }
  if (error instanceof Failure) {
    process.stderr.write(`singscope: ${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof RunError) {
    process.stderr.write(`singscope: ${messageOf(error)}.\n`);
    return exitCodes.usage;
  }
  process.stderr.write(`singscope: unexpected error, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return INTERNAL_ERROR;
}

/** Commander's own words in one line, and where to read on. */
function usageText(error: CommanderError, args: readonly string[]): string {
  const text = error.message.replace(/^error: /, '').replaceAll('\n', ' ').trim();
  const command = args[0] !== undefined && !args[0].startsWith('-') && error.code !== 'commander.unknownCommand' ? ` ${args[0]}` : '';
  const scriptArgs = error.code === 'commander.unknownOption' && ['run', 'ab'].includes(args[0] ?? '') ? ' The script\'s own options go after --.' : '';
  return `${text}${text.endsWith('.') || text.endsWith(')') ? '' : '.'}${scriptArgs} See \`singscope${command} --help\`.`;
}

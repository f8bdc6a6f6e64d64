import {commands as vscodeCommands, Disposable} from 'vscode';
import type {CommandId} from '../contributions';
import {showProblem} from './messages';

export type CommandHandler = (...args: unknown[]) => unknown;
export type CommandHandlers = Record<CommandId, CommandHandler>;

/** Registers all commands. What one throws is shown as one message, here and nowhere else. */
export function registerCommands(handlers: CommandHandlers): Disposable {
  return Disposable.from(...Object.entries(handlers).map(([id, handler]) => vscodeCommands.registerCommand(id, async (...args: unknown[]) => {
    try {
      return await handler(...args);
    } catch (error) {
      showProblem(error);
      return undefined;
    }
  })));
}

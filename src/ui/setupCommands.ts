import {commands as vscodeCommands} from 'vscode';
import {commands, walkthrough} from '../contributions';
import {gpuOf, runOf} from './arguments';
import type {CommandHandler} from './commandTable';
import {openExample} from './exampleOpening';
import {requireTrust} from './messages';
import {installManagedRuntime} from './runtimeInstall';
import type {RunsView} from './runsView';

/** Commands that get a newcomer started, and mend what is missing. */
export function setupCommands(packageRoot: string, view: RunsView, showDoctor: () => unknown) {
  return {
    [commands.installRuntime]: async (argument: unknown) => {
      await installManagedRuntime(packageRoot, runOf(argument), gpuOf(argument));
    },
    [commands.doctor]: async () => {
      // It starts the Node of the settings and loads the packages of the workspace.
      requireTrust();
      await showDoctor();
    },
    [commands.openExample]: async () => {
      await openExample(packageRoot);
    },
    [commands.openWalkthrough]: async () => {
      await vscodeCommands.executeCommand('workbench.action.openWalkthrough', `singscope.singscope#${walkthrough}`, false);
    },
    [commands.showMoreRuns]: () => view.showMore(),
  } satisfies Record<string, CommandHandler>;
}

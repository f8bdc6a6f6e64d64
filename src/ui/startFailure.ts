import {commands as vscodeCommands, ConfigurationTarget, l10n, Uri, window, workspace} from 'vscode';
import {commands, settings, type ScriptArgument} from '../contributions';
import {Failure} from '../platform/failure';
import {engineText} from './engineWords';
import {checkSetup, openSetting, UserProblem, type Mend} from './messages';
import type {StartSettings} from './trainingSettings';

/** A failure to start, which the engine words for a terminal, in the words and with the buttons of the editor. */
export function startFailure(error: unknown, {script, node}: Pick<StartSettings, 'script' | 'node'>): unknown {
  if (!(error instanceof Failure)) return error;
  const {message} = error;
  const what = engineText(message);
  if (/npm i -D tsx/.test(message)) return new UserProblem(l10n.t('{0} is TypeScript, which this Node does not run by itself: it needs tsx.', script), [installTsx(script)]);
  if (/\bNode\b/.test(message)) {
    return new UserProblem(
      node === null ? l10n.t('SINGscope needs Node 20 or newer: {0}.', what) : l10n.t('The Node of the setting {0} can\'t be used: {1}.', settings.nodePath, what),
      [chooseNode(script), ...(node === null ? [] : [openSetting(settings.nodePath)]), checkSetup()],
    );
  }
  if (/is not JavaScript or TypeScript/.test(message)) return new UserProblem(l10n.t('{0} is not JavaScript or TypeScript: open the file that trains.', script));
  if (/No such file/.test(message)) return new UserProblem(l10n.t('{0} is gone.', script));
  return new UserProblem(what, [checkSetup()]);
}

function chooseNode(script: string): Mend {
  return {
    label: l10n.t('Choose Node …'),
    run: async () => {
      const [picked] = await window.showOpenDialog({title: l10n.t('The Node that runs trainings'), openLabel: l10n.t('Use This Node')}) ?? [];
      if (picked === undefined) return;
      const target = workspace.workspaceFolders === undefined ? ConfigurationTarget.Global : ConfigurationTarget.Workspace;
      await workspace.getConfiguration().update(settings.nodePath, picked.fsPath, target);
      await vscodeCommands.executeCommand(commands.run, {uri: Uri.file(script).toString()} satisfies ScriptArgument);
    },
  };
}

function installTsx(script: string): Mend {
  return {
    label: l10n.t('Install in Terminal'),
    run: () => {
      const terminal = window.createTerminal({name: 'npm', cwd: workspace.getWorkspaceFolder(Uri.file(script))?.uri});
      terminal.show();
      // Typed, not run: it changes the user's package.json.
      terminal.sendText('npm i -D tsx', false);
    },
  };
}

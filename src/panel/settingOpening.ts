import {commands, env, workspace} from 'vscode';
import type {settings} from '../contributions';

/** Opens the editor's settings at one of ours. A machine's own settings are not among the user's where VS Code runs on another machine than its window. */
export async function openSettingsAt(id: (typeof settings)[keyof typeof settings]): Promise<void> {
  const place = workspace.workspaceFolders !== undefined ? 'openWorkspaceSettings' : env.remoteName !== undefined ? 'openRemoteSettings' : 'openSettings';
  await commands.executeCommand(`workbench.action.${place}`, {query: id});
}

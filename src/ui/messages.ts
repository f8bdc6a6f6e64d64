import {commands as vscodeCommands, env, l10n, window, workspace} from 'vscode';
import {commands, type settings} from '../contributions';
import {openSettingsAt} from '../panel/settingOpening';
import {Failure, messageOf} from '../platform/failure';
import {engineText} from './engineWords';

/** A thing that a button of a message does. */
export interface Mend {
  label: string;
  run(): unknown;
}

/** What went wrong, in one line of the user's language, with the buttons that mend it. */
export class UserProblem extends Error {
  override readonly name = 'UserProblem';

  constructor(message: string, readonly mends: readonly Mend[] = []) {
    super(message);
  }
}

/** Shows whatever was thrown as one message. A message box that the user leaves open keeps nobody waiting. */
export function showProblem(error: unknown): void {
  const {message, mends} = problemOf(error);
  showError(message, mends);
}

export function showError(message: string, mends: readonly Mend[] = []): void {
  void answered(window.showErrorMessage(message, ...labels(mends)), mends);
}

export function showWarning(message: string, mends: readonly Mend[] = []): void {
  void answered(window.showWarningMessage(message, ...labels(mends)), mends);
}

export function showInformation(message: string, mends: readonly Mend[] = []): void {
  void answered(window.showInformationMessage(message, ...labels(mends)), mends);
}

/** Nothing that starts a process or speaks to one may be done in a folder that is not trusted. */
export function requireTrust(): void {
  if (workspace.isTrusted) return;
  throw new UserProblem(l10n.t('SINGscope runs nothing in a workspace that is not trusted. Past runs can still be looked at.'), [
    {label: l10n.t('Manage Trust'), run: () => vscodeCommands.executeCommand('workbench.trust.manage')},
  ]);
}

export const checkSetup = (): Mend => ({label: l10n.t('Check Setup'), run: () => vscodeCommands.executeCommand(commands.doctor)});

export const openSetting = (id: (typeof settings)[keyof typeof settings]): Mend => ({
  label: l10n.t('Open Setting'), run: () => openSettingsAt(id),
});

function labels(mends: readonly Mend[]): string[] {
  return mends.map(({label}) => label);
}

async function answered(answer: Thenable<string | undefined>, mends: readonly Mend[]): Promise<void> {
  const label = await answer;
  try {
    await mends.find((mend) => mend.label === label)?.run();
  } catch (error) {
    showProblem(error);
  }
}

function problemOf(error: unknown): {message: string; mends: readonly Mend[]} {
  if (error instanceof UserProblem) return error;
  const message = engineText(messageOf(error));
  if (error instanceof Failure) return {message, mends: [checkSetup()]};
  const code = (error as {code?: unknown} | null)?.code;
  if (code === 'missing' || code === 'not-found') return {message: l10n.t('This run is gone: its folder was removed.'), mends: [refresh()]};
  if (code === 'store-unwritable') return {message, mends: []};
  return {message, mends: [{label: l10n.t('Copy Error'), run: () => env.clipboard.writeText(error instanceof Error ? error.stack ?? error.message : message)}]};
}

const refresh = (): Mend => ({label: l10n.t('Refresh Runs'), run: () => vscodeCommands.executeCommand(commands.refreshRuns)});

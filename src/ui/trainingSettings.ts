import {existsSync} from 'node:fs';
import {dirname, isAbsolute, join, resolve} from 'node:path';
import {l10n, workspace, type Uri} from 'vscode';
import {settings} from '../contributions';
import {defaultSingSettings, type SingSettings} from '../protocol/sing';
import {runtimeChoices, type RuntimeChoice} from '../protocol/workerOptions';
import type {ScriptSettings} from '../session/sessionSettings';
import {openSetting, UserProblem} from './messages';

/** Most that the thinnable part of observation may cost, in percent of step time; as on the command line. */
const BUDGET_PCT = 2;

/** How to start a script from the editor, but for the store. */
export type StartSettings = Omit<ScriptSettings, 'store'>;

/** What the user set for a script's folder. @throws UserProblem naming the setting that can't be used */
export function startSettings(script: Uri, sing: Partial<SingSettings>, packageRoot: string): StartSettings {
  const value = <T>(id: string, fallback: T): T => workspace.getConfiguration(undefined, script).get<T>(id) ?? fallback;
  const runtime = value<RuntimeChoice>(settings.runtime, 'auto');
  return {
    packageRoot,
    cwd: startFolder(script),
    env: {},
    node: value(settings.nodePath, '').trim() || null,
    nodeArgs: stringList(settings.nodeArguments, value<unknown>(settings.nodeArguments, [])),
    sing: {...defaultSingSettings, ...sing},
    lrScale: 1,
    seed: null,
    maxSteps: value(settings.maxSteps, 0) || null,
    editor: true,
    budgetPct: BUDGET_PCT,
    failOn: [],
    runtime: runtimeChoices.includes(runtime) ? runtime : 'auto',
    script: script.fsPath,
    args: stringList(settings.scriptArguments, value<unknown>(settings.scriptArguments, [])),
  };
}

/** Seeds of a comparison: each is trained once without SING and once with it. */
export function compareSeeds(script: Uri): number {
  return Math.max(1, Math.round(workspace.getConfiguration(undefined, script).get<number>(settings.compareSeeds) ?? 3));
}

/** The package that the script lies in, as `npm run` would start it; never above the workspace's folder. */
function startFolder(script: Uri): string {
  const top = workspace.getWorkspaceFolder(script)?.uri.fsPath;
  const wanted = (workspace.getConfiguration(undefined, script).get<string>(settings.cwd) ?? '').trim();
  if (wanted !== '') {
    const path = wanted.replaceAll('${workspaceFolder}', top ?? dirname(script.fsPath)).replaceAll('${fileDirname}', dirname(script.fsPath));
    const folder = isAbsolute(path) ? path : resolve(top ?? dirname(script.fsPath), path);
    if (!existsSync(folder)) throw new UserProblem(l10n.t('The folder to start in does not exist: {0}', folder), [openSetting(settings.cwd)]);
    return folder;
  }
  return packageFolder(dirname(script.fsPath), top ?? null) ?? top ?? dirname(script.fsPath);
}

function packageFolder(from: string, top: string | null): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === top || dirname(folder) === folder) return null;
  }
}

function stringList(id: (typeof settings)[keyof typeof settings], value: unknown): string[] {
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw new UserProblem(l10n.t('The setting {0} must be a list of texts.', id), [openSetting(id)]);
}

import {extname} from 'node:path';
import type {Uri} from 'vscode';
import {l10n, RelativePattern, window, workspace} from 'vscode';
import {scriptOf} from './arguments';
import {UserProblem} from './messages';

const MOST = 2000;
const scriptExtensions = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx']);

/**
 * The script that a command means: its argument, the file in the active editor, or one that the
 * user picks. Saved when this returns. Null where the user thought better of it.
 * @throws UserProblem where there is none, or it can't be saved
 */
export async function chooseScript(argument: unknown): Promise<Uri | null> {
  const uri = scriptOf(argument) ?? await activeScript() ?? await pickScript();
  return uri === null ? null : await saved(uri);
}

/** Could this file be started as a training? */
export function isScript(uri: Uri): boolean {
  return uri.scheme === 'file' && scriptExtensions.has(extname(uri.path).toLowerCase());
}

async function activeScript(): Promise<Uri | null> {
  const document = window.activeTextEditor?.document;
  if (document === undefined) return null;
  if (document.isUntitled && (document.languageId === 'javascript' || document.languageId === 'typescript')) return document.uri;
  return isScript(document.uri) ? document.uri : null;
}

/** Files that import TensorFlow.js, as far as a search by name and a look at their text tells. */
async function pickScript(): Promise<Uri | null> {
  const folders = workspace.workspaceFolders ?? [];
  if (folders.length === 0) throw new UserProblem(l10n.t('Open the training script, or its folder, first.'));
  const found = await Promise.all(folders.map((folder) => workspace.findFiles(new RelativePattern(folder, '**/*.{js,mjs,cjs,ts,mts,cts}'), '{**/node_modules/**,**/dist/**,**/*.d.ts}', MOST)));
  const scripts = await trainingScripts(found.flat());
  if (scripts.length === 0) throw new UserProblem(l10n.t('No file of this workspace imports TensorFlow.js. Open the training script and run it from there.'));
  const items = scripts.map((uri) => ({label: workspace.asRelativePath(uri), uri}));
  const picked = await window.showQuickPick(items, {placeHolder: l10n.t('Training script to run')});
  return picked?.uri ?? null;
}

async function trainingScripts(uris: readonly Uri[]): Promise<Uri[]> {
  const isTraining = await Promise.all(uris.map(async (uri) => {
    try {
      const text = new TextDecoder().decode(await workspace.fs.readFile(uri));
      return /@tensorflow\/tfjs/.test(text);
    } catch {
      return false;
    }
  }));
  return uris.filter((_, i) => isTraining[i]).sort((a, b) => a.path.localeCompare(b.path));
}

async function saved(uri: Uri): Promise<Uri | null> {
  const document = workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  const file = document !== undefined && (document.isDirty || document.isUntitled) ? await workspace.save(document.uri) ?? null : uri;
  if (file === null) {
    if (document?.isUntitled === true) return null;
    throw new UserProblem(l10n.t('{0} could not be saved, so it was not run.', workspace.asRelativePath(uri)));
  }
  if (!isScript(file)) throw new UserProblem(l10n.t('{0} is not JavaScript or TypeScript: open the file that trains.', workspace.asRelativePath(file)));
  return file;
}

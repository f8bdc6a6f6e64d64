import {existsSync} from 'node:fs';
import {cp, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {l10n, Uri, ViewColumn, window, workspace} from 'vscode';

/** Folder that the example is copied to. */
export const EXAMPLE_FOLDER = 'singscope-example';

/** Copies the example that breaks into a folder that the user chooses, and opens it. A copy that is there already is only opened. */
export async function openExample(packageRoot: string): Promise<void> {
  const parent = await chooseFolder();
  if (parent === null) return;
  const folder = join(parent, EXAMPLE_FOLDER);
  const script = join(folder, 'train.js');
  if (!existsSync(script)) {
    await mkdir(folder, {recursive: true});
    await cp(join(packageRoot, 'media', 'example'), folder, {recursive: true, force: false});
  }
  await window.showTextDocument(Uri.file(script), {viewColumn: ViewColumn.Active, preview: false});
}

async function chooseFolder(): Promise<string | null> {
  const folders = (workspace.workspaceFolders ?? []).filter(({uri}) => uri.scheme === 'file');
  const other = {label: l10n.t('Another folder …'), path: null};
  const items = [...folders.map(({name, uri}) => ({label: `${name}/${EXAMPLE_FOLDER}`, path: uri.fsPath})), other];
  const picked = folders.length === 0 ? other : await window.showQuickPick(items, {placeHolder: l10n.t('Where to put the example (one script, 3 kB)')});
  if (picked === undefined) return null;
  if (picked.path !== null) return picked.path;
  const chosen = await window.showOpenDialog({canSelectFiles: false, canSelectFolders: true, canSelectMany: false, title: l10n.t('Folder for the example'), openLabel: l10n.t('Put It Here')});
  return chosen?.[0]?.fsPath ?? null;
}

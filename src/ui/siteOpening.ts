import {existsSync} from 'node:fs';
import {basename} from 'node:path';
import {l10n, Position, Range, Uri, ViewColumn, window, type TextEditor} from 'vscode';
import type {RunArgument} from '../contributions';
import type {CallSite} from '../protocol/callSite';
import {UserProblem} from './messages';
import type {CodePort} from './ports';

/**
 * Opens the line that made a parameter: where it is now, or, where nobody can tell that, as recorded.
 * @throws UserProblem where its file is gone, or no line is known
 */
export async function openSite({store, run}: RunArgument, {name, site}: {name: string; site: CallSite | null}, lookup: CodePort['lineOf']): Promise<TextEditor> {
  const now = await lookup(store, run, name).catch(() => null);
  if (now !== null) return await openLine(Uri.parse(now.uri), now.line, now.column);
  if (site === null) throw new UserProblem(l10n.t('No line of your code is known to have made {0}.', name));
  if (!existsSync(site.file)) throw new UserProblem(l10n.t('{0} was made in {1}, which is gone.', name, basename(site.file)));
  return await openLine(Uri.file(site.file), site.line - 1, site.column - 1);
}

/** Beside the panel where the file is open there already, not over it. */
async function openLine(uri: Uri, line: number, column: number): Promise<TextEditor> {
  const shown = window.visibleTextEditors.find(({document}) => document.uri.toString() === uri.toString());
  const at = new Position(Math.max(0, line), Math.max(0, column));
  return await window.showTextDocument(uri, {selection: new Range(at, at), viewColumn: shown?.viewColumn ?? ViewColumn.One});
}

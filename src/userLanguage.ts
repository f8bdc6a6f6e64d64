import {l10n} from 'vscode';

/** Words of the user's language for server, threads and pages, which have no access to VS Code: English text to translation; null for English. */
export function translations(): Record<string, string> | null {
  return (l10n.bundle as Record<string, string> | undefined) ?? null;
}

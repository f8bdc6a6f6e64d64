import type {ExtensionContext} from 'vscode';

export function activate(_context: ExtensionContext): void {
  // Composed below as the rooms come.
}

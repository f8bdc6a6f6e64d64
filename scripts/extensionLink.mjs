import {mkdirSync, readFileSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';

/**
 * Puts an extension's folder among the installed extensions of a VS Code that has not started yet. Not as an
 * "extension in development": the window is then the one that users see, its messages included.
 */
export function linkExtension(folder, extensionsFolder) {
  const {publisher, name, version} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  mkdirSync(extensionsFolder, {recursive: true});
  symlinkSync(folder, join(extensionsFolder, `${publisher}.${name}-${version}`), 'dir');
}

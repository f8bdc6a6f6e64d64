import {cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {packageRoot} from '../../support/managedRuntime';

export interface WorkspaceSource {
  /** Name of the folder. */
  name?: string;
  /** Folder whose files are copied, run stores left out. */
  from?: string;
  /** Further files by their path in the folder. */
  files?: Record<string, string>;
  /** false: the TensorFlow.js of the repository is out of reach. */
  tfjs?: boolean;
}

/** A folder of its own for a test to open, change and spoil. */
export interface Workspace {
  folder: string;
  path(...parts: string[]): string;
  remove(): void;
}

export function makeWorkspace({name, from, files = {}, tfjs = true}: WorkspaceSource): Workspace {
  const parent = mkdtempSync(join(tmpdir(), 'singscope-workspace-'));
  const folder = join(parent, name ?? (from === undefined ? 'project' : basename(from)));
  mkdirSync(folder);
  if (from !== undefined) cpSync(from, folder, {recursive: true, filter: (path) => !['.singscope', 'node_modules'].includes(basename(path))});
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), {recursive: true});
    writeFileSync(target, text);
  }
  // Found by the walk up from the script, like a hoisted installation.
  if (tfjs) symlinkSync(join(packageRoot, 'node_modules'), join(parent, 'node_modules'));
  return {folder, path: (...parts) => join(folder, ...parts), remove: () => { rmSync(parent, {recursive: true, force: true, maxRetries: 20}); }};
}

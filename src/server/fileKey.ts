import {realpathSync} from 'node:fs';
import {resolve} from 'node:path';
import {URI} from 'vscode-uri';

const known = new Map<string, string>();

/** One name for a file however it is reached: Node names files by their real path, an editor as they were opened. */
export function fileKey(path: string): string {
  const absolute = resolve(path);
  const cached = known.get(absolute);
  if (cached !== undefined) return cached;
  try {
    const key = canonical(realpathSync.native(absolute));
    known.set(absolute, key);
    return key;
  } catch {
    // Not there now; it may come.
    return canonical(absolute);
  }
}

/** Path of a document that is a file; null for one that is none. */
export function pathOf(uri: string): string | null {
  try {
    const parsed = URI.parse(uri, true);
    return parsed.scheme === 'file' ? parsed.fsPath : null;
  } catch {
    return null;
  }
}

export function uriOf(path: string): string {
  return URI.file(path).toString();
}

function canonical(path: string): string {
  return /^[a-z]:/.test(path) ? `${path.charAt(0).toUpperCase()}${path.slice(1)}` : path;
}

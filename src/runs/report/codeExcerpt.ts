import {readFileSync, realpathSync, statSync} from 'node:fs';
import {isAbsolute, relative, resolve, sep} from 'node:path';
import type {CallSite} from '../../protocol/callSite';

const AROUND = 3;
const LONGEST_LINE = 160;
const LARGEST_FILE = 4 << 20;

export interface CodeExcerpt {
  lines: {number: number; text: string; marked: boolean}[];
  /** The file was written to after the run began: the line may not be the one that was meant. */
  changed: boolean;
}

/** File and line of a call site as they are shown. */
export function siteText(site: CallSite, cwd: string): string {
  return `${pathText(site.file, cwd)}:${site.line}`;
}

/** A path as it is shown: from the run's folder where it lies in it. */
export function pathText(file: string, cwd: string): string {
  return (inside(resolve(cwd, file), cwd) ?? file).split(sep).join('/');
}

/**
 * The lines around a call site, as the file is now. Only files within the run's own folder are read,
 * whatever a run folder names: a report must not carry other files of this machine away.
 */
export function codeExcerpt(site: CallSite, cwd: string, created: number): CodeExcerpt | null {
  try {
    const file = realpathSync(resolve(cwd, site.file));
    if (inside(file, realpathSync(cwd)) === null) return null;
    const {size, mtimeMs} = statSync(file);
    if (size > LARGEST_FILE) return null;
    const all = readFileSync(file, 'utf8').split(/\r?\n/);
    if (site.line < 1 || site.line > all.length) return null;
    const from = Math.max(1, site.line - AROUND);
    const to = Math.min(all.length, site.line + AROUND);
    const lines = all.slice(from - 1, to).map((text, i) => ({number: from + i, text: shorten(text), marked: from + i === site.line}));
    return {lines, changed: mtimeMs > created};
  } catch {
    return null;
  }
}

function inside(file: string, folder: string): string | null {
  const path = relative(folder, file);
  return path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? null : path;
}

function shorten(text: string): string {
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)} …` : text;
}

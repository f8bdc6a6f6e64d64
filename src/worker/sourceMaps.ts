import {existsSync, readFileSync} from 'node:fs';
import {findSourceMap} from 'node:module';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {TraceMap, originalPositionFor} from '@jridgewell/trace-mapping';

/** A place in a file; line and column from 1. */
interface Place {
  file: string;
  line: number;
  column: number;
}

/** A letter alone is a drive. */
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
/** webpack's names of its modules: `webpack://name/./src/train.ts?hash`; the name may be empty. */
const WEBPACK = /^webpack:\/\/[^/]*\/([^?]*)/;

/**
 * The place in the original file of one in code that runs; none where its map says that the code there comes from no file. Where a
 * map can't be understood it is the place itself.
 * @param place `url`: what the code is called by who loaded it
 * @param plain its own map is not looked for
 */
export function originalPlace<T extends Place & {url: string}>(place: T, plain: boolean): T[] {
  try {
    // Loaders that compile in memory (tsx, --enable-source-maps) have told Node their maps.
    const entry = findSourceMap(place.url)?.findEntry(place.line - 1, place.column - 1);
    if (entry !== undefined && 'originalSource' in entry && entry.originalSource !== undefined) {
      return at(place, entry.originalSource, entry.originalLine, entry.originalColumn);
    }
    const map = plain ? null : mapOf(place.file);
    if (map === null) return [place];
    const {source, line, column} = originalPositionFor(map, {line: place.line, column: place.column - 1});
    return source === null ? [] : at(place, source, line - 1, column);
  } catch {
    return [place];
  }
}

/** null for what is no URL of a file. */
export function pathOfUrl(url: string): string | null {
  if (!url.startsWith('file:')) return null;
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

/** @param line and `column` from 0 */
function at<T extends Place>(place: T, source: string, line: number, column: number): T[] {
  const file = sourcePath(source, dirname(place.file));
  return [file === null ? place : {...place, file, line: line + 1, column: column + 1}];
}

const found = new Map<string, string>();

/** @param folder of the code that runs. @returns null for a source of no kind that is known */
function sourcePath(source: string, folder: string): string | null {
  const module = WEBPACK.exec(source)?.[1];
  if (module !== undefined) {
    const key = `${folder}\0${module}`;
    const path = found.get(key) ?? nearest(module, folder);
    found.set(key, path);
    return path;
  }
  if (SCHEME.test(source)) return pathOfUrl(source);
  return resolve(folder, source);
}

/** webpack names modules from the project's folder, which is this one or one above it. */
function nearest(module: string, folder: string): string {
  for (let above = folder; ; above = dirname(above)) {
    if (existsSync(join(above, module))) return join(above, module);
    if (above === dirname(above)) return join(folder, module);
  }
}

const maps = new Map<string, TraceMap | null>();

function mapOf(file: string): TraceMap | null {
  let map = maps.get(file);
  if (map === undefined) {
    map = readMap(file);
    maps.set(file, map);
  }
  return map;
}

/** A map that can't be read is as good as none: the site is then that of the code that runs. */
function readMap(file: string): TraceMap | null {
  try {
    if (!existsSync(file)) return null;
    const url = lastSourceMapUrl(readFileSync(file, 'utf8'));
    if (url === null) return null;
    if (!url.startsWith('data:')) return new TraceMap(readFileSync(resolve(dirname(file), decodeURIComponent(url)), 'utf8'));
    const comma = url.indexOf(',');
    const data = url.slice(comma + 1);
    return new TraceMap(url.slice(0, comma).endsWith(';base64') ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data));
  } catch {
    return null;
  }
}

function lastSourceMapUrl(code: string): string | null {
  const at = Math.max(code.lastIndexOf('//# sourceMappingURL='), code.lastIndexOf('//@ sourceMappingURL='));
  if (at < 0) return null;
  return code.slice(at + 21).split(/\s/, 1)[0] ?? null;
}

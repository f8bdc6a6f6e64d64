/** The error that ended a script, as its own stderr tells it. */
export interface ScriptError {
  /** `SyntaxError: Unexpected token ';'` */
  message: string;
  /** Where in the user's code; null where no line is named. */
  site: {file: string; line: number; column: number | null} | null;
  /** The script was not even read through. */
  syntax: boolean;
}

const HEADER = /^(?<url>file:\/\/)?(?<file>(?:\/|[A-Za-z]:[\\/]).*?):(?<line>\d+)$/;
const TRANSFORM = /^(?<file>(?:\/|[A-Za-z]:[\\/]).*?):(?<line>\d+):(?<column>\d+): ERROR: (?<text>.*)$/;
const ERROR = /^(?:Uncaught )?(?<name>[A-Za-z_$][\w$]*(?:Error|Exception)|Error)(?: \[[\w-]+\])?: (?<text>.*)$/;
/** The path begins where the place begins: `node:internal/modules/cjs/loader:1207:15` has none. */
const FRAME = /^\s+at (?:.*? \(|async )?(?<url>file:\/\/)?(?<file>(?:\/(?:[A-Za-z]:\/)?|[A-Za-z]:[\\/])[^:]*?):(?<line>\d+):(?<column>\d+)\)?$/;
/** Packages, and our own part of the training process. */
const FOREIGN = /[\\/]node_modules[\\/]|[\\/]dist[\\/](?:standIn[\\/]|(?:preload|embedded|resolveHook)\.[cm]js$)/;

/**
 * Reads the last error of a script's stderr: Node's, for CommonJS, ES modules and stripped types,
 * and tsx's. Null where there is none.
 */
export function readScriptError(stderr: string): ScriptError | null {
  const lines = stderr.split(/\r?\n/).map(plainText);
  const transform = match(lines, TRANSFORM);
  if (transform !== null) {
    const {file = '', line, column, text = ''} = transform.groups;
    return {message: `SyntaxError: ${text}`, site: {file, line: Number(line), column: Number(column)}, syntax: true};
  }
  const error = match(lines, ERROR);
  if (error === null) return null;
  const {name = 'Error', text = ''} = error.groups;
  const above = siteAbove(lines, error.at);
  // One that a running script met, in a JSON text say, is told by its frames alone.
  return {message: `${name}: ${text}`, site: above ?? siteBelow(lines, error.at), syntax: name === 'SyntaxError' && above !== null};
}

/** Text without the escape sequences that colour a terminal. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is taken out
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*\u0007/g, '');
}

interface Match {
  at: number;
  groups: Record<string, string | undefined>;
}

function match(lines: readonly string[], pattern: RegExp): Match | null {
  for (let at = lines.length - 1; at >= 0; at--) {
    const groups = pattern.exec(lines[at] ?? '')?.groups;
    if (groups !== undefined) return {at, groups};
  }
  return null;
}

/** Node prints the place, the line, a mark below it and an empty line before the error. */
function siteAbove(lines: readonly string[], at: number): ScriptError['site'] {
  for (let above = at - 1; above >= Math.max(0, at - 6); above--) {
    const groups = HEADER.exec(lines[above] ?? '')?.groups;
    if (groups === undefined || !isUserFile(groups.file ?? '')) continue;
    const mark = lines.slice(above + 1, at).find((line) => /^\s*\^+\s*$/.test(line));
    return {file: filePath(groups), line: Number(groups.line), column: mark === undefined ? null : mark.indexOf('^') + 1};
  }
  return null;
}

function siteBelow(lines: readonly string[], at: number): ScriptError['site'] {
  for (const line of lines.slice(at + 1)) {
    const groups = FRAME.exec(line)?.groups;
    if (groups !== undefined && isUserFile(groups.file ?? '')) return {file: filePath(groups), line: Number(groups.line), column: Number(groups.column)};
  }
  return null;
}

function isUserFile(file: string): boolean {
  return !FOREIGN.test(file);
}

function filePath({url, file = ''}: Record<string, string | undefined>): string {
  return url === undefined ? file : decodeURIComponent(file);
}

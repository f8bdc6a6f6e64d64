import {spawnSync} from 'node:child_process';
import {existsSync, statSync} from 'node:fs';
import {extname, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {Failure, messageOf} from '../platform/failure';
import {resolveFrom} from '../platform/plugAndPlay';

const OLDEST_NODE = 20;
const scriptExtensions = new Set(['', '.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx']);
const typeScript = new Set(['.ts', '.mts', '.cts', '.tsx']);

/** A program and its arguments, started without a shell. */
export interface Command {
  file: string;
  args: string[];
}

/** The Node that will run the training. */
export interface NodeProgram {
  path: string;
  version: string;
  /** It runs TypeScript by itself. */
  stripsTypes: boolean;
}

/** Absolute path of the script. Throws a `Failure` when it cannot be one. */
export function findScript(script: string, cwd: string, here: string): string {
  const candidates = [resolve(cwd, script), resolve(here, script)];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new Failure(`No such file: ${resolve(cwd, script)}. Check the path of the training script.`);
  if (statSync(found).isDirectory()) throw new Failure(`${found} is a directory: name the training script in it.`);
  if (!scriptExtensions.has(extname(found).toLowerCase())) {
    throw new Failure(`${found} is not JavaScript or TypeScript: name the file that trains, or start another kind of program with \`singscope exec -- …\`.`);
  }
  return found;
}

/** Asks the user's Node what it is. Throws a `Failure` when it does not start or is too old. */
export function findNode(path: string | null, cwd: string, env: NodeJS.ProcessEnv): NodeProgram {
  const file = path === null ? 'node' : path.includes('/') || path.includes('\\') ? resolve(path) : path;
  const question = 'JSON.stringify([process.execPath, process.versions.node, Boolean(process.features.typescript)])';
  const {NODE_OPTIONS: _ignored, ...plain} = env;
  const answer = spawnSync(file, ['-p', question], {cwd, env: plain, encoding: 'utf8', timeout: 20_000});
  const mend = path === null ? 'install Node 20 or newer, or name one with --node PATH' : 'give --node the path of a Node 20 or newer';
  if (answer.error !== undefined || answer.status !== 0) {
    const why = answer.error === undefined ? `exit code ${String(answer.status)}` : messageOf(answer.error);
    throw new Failure(`Node could not be started as ${file} (${why}): ${mend}.`);
  }
  let parsed: [string, string, boolean];
  try {
    parsed = JSON.parse(answer.stdout) as [string, string, boolean];
  } catch {
    throw new Failure(`${file} is not Node: ${mend}.`);
  }
  const [execPath, version, stripsTypes] = parsed;
  if (Number.parseInt(version, 10) < OLDEST_NODE) throw new Failure(`${file} is Node ${version}, which is too old: ${mend}.`);
  return {path: path === null ? execPath : file, version, stripsTypes};
}

/** How the script is started: by Node alone, or through tsx for TypeScript. */
export function scriptCommand(node: NodeProgram, script: string, nodeArgs: readonly string[], args: readonly string[]): Command {
  return {file: node.path, args: [...nodeArgs, ...loaderArgs(node, script), script, ...args]};
}

function loaderArgs(node: NodeProgram, script: string): string[] {
  const extension = extname(script).toLowerCase();
  if (!typeScript.has(extension)) return [];
  const tsx = resolveFrom(script, 'tsx');
  if (tsx !== null) return ['--import', pathToFileURL(tsx).href];
  if (node.stripsTypes && extension !== '.tsx') return [];
  throw new Failure(`${script} is TypeScript, which Node ${node.version} does not run by itself: install tsx beside it (npm i -D tsx).`);
}

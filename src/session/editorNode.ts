import {existsSync, readdirSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {Failure} from '../platform/failure';
import {findNode, type NodeProgram} from './nodeCommand';

const SETTING = 'singscope.nodePath';

/**
 * The Node for trainings that an editor starts: that of the setting; else `node` on PATH; else, since an editor
 * that was started from a dock has a short PATH, the newest of the places where version managers and
 * installers put it; else the Node that runs this process, unless it is Electron.
 * @param wanted value of the setting; null where it is empty
 * @param env environment of the script
 * @throws Failure that names the setting
 */
export function findEditorNode(wanted: string | null, cwd: string, env: NodeJS.ProcessEnv): NodeProgram {
  if (wanted !== null) {
    try {
      return findNode(wanted, cwd, env);
    } catch (error) {
      throw new Failure(`${reasonOf(error)}: set ${SETTING} to the path of a Node 20 or newer.`);
    }
  }
  const tried: string[] = [];
  const own = process.versions.electron === undefined ? [process.execPath] : [];
  for (const path of [null, ...commonPlaces(env), ...own]) {
    try {
      return findNode(path, cwd, env);
    } catch (error) {
      tried.push(reasonOf(error));
    }
  }
  throw new Failure(`${tried[0] ?? 'There is no Node'}: install Node 20 or newer, or set ${SETTING} to its path.`);
}

/** Nodes outside PATH that are there, the newest of those whose version stands in their path first. */
function commonPlaces(env: NodeJS.ProcessEnv): string[] {
  const home = env.HOME ?? homedir();
  const isWindows = process.platform === 'win32';
  const versioned = [
    [env.NVM_DIR ?? join(home, '.nvm'), 'versions/node', 'bin/node'],
    [env.FNM_DIR ?? join(home, '.local/share/fnm'), 'node-versions', 'installation/bin/node'],
    [join(home, 'Library/Application Support/fnm'), 'node-versions', 'installation/bin/node'],
    [env.VOLTA_HOME ?? join(home, '.volta'), 'tools/image/node', 'bin/node'],
    [join(home, '.asdf'), 'installs/nodejs', 'bin/node'],
    [env.NVM_HOME ?? join(env.APPDATA ?? home, 'nvm'), '.', 'node.exe'],
  ] as const;
  const found = versioned.flatMap(([root, folder, program]) => versionsIn(join(root, folder)).map((name) => ({path: join(root, folder, name, program), version: numbersOf(name)})));
  found.sort((a, b) => compare(b.version, a.version));
  const fixed = isWindows ? [join(env.ProgramFiles ?? 'C:\\Program Files', 'nodejs', 'node.exe')] : ['/usr/local/bin/node', '/opt/homebrew/bin/node', '/usr/bin/node', '/snap/bin/node'];
  return [...found.map(({path}) => path), ...fixed].filter((path) => existsSync(path));
}

function versionsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^v?\d+\./.test(name));
  } catch {
    return [];
  }
}

function numbersOf(name: string): number[] {
  return name.replace(/^v/, '').split('.').map((part) => Number.parseInt(part, 10) || 0);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, i) => part !== (b[i] ?? 0));
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** What is wrong, without the mend of the command line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/: (?:install Node 20|give --node)[^:]*$/, '');
}

import {cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join, relative, sep} from 'node:path';
import {runProcess, tellingLine} from './childProcess';
import {TFJS_VERSION} from './paths';
import {RuntimeError} from './runtimeError';

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/**
 * Installs tfjs-node-gpu (JavaScript and binding sources, no install scripts) and what it depends on
 * into `<dir>/node_modules`, with the user's npm and its settings.
 * @param from folder of `--from`: its node_modules is copied, or the .tgz files of `npm pack` in it
 * are installed without the network; null takes the package from npm's registry
 */
export async function installTfjs(dir: string, from: string | null, signal?: AbortSignal): Promise<void> {
  const tree = from === null ? null : join(from, 'node_modules');
  if (tree !== null && existsSync(join(tree, PACKAGE, 'package.json'))) {
    copyClosure(tree, dir);
  } else {
    await installByNpm(dir, from === null ? [`${PACKAGE}@${TFJS_VERSION}`] : packedIn(from), from !== null, signal);
  }
  const version = versionIn(join(dir, 'node_modules', PACKAGE));
  if (version !== TFJS_VERSION) {
    throw new RuntimeError(`${PACKAGE} in ${from ?? 'npm’s answer'} is ${version ?? 'missing'}, but this version of singscope builds on ${TFJS_VERSION}: run \`npm install --prefix DIR --ignore-scripts ${PACKAGE}@${TFJS_VERSION}\` for the folder of --from.`);
  }
}

function packedIn(from: string): string[] {
  const packed = readdirSync(from).filter((name) => name.endsWith('.tgz')).map((name) => join(from, name));
  if (packed.length === 0) {
    throw new RuntimeError(`${from} has no ${PACKAGE}: run \`npm install --prefix DIR --ignore-scripts ${PACKAGE}@${TFJS_VERSION}\` where there is a network and copy the folder here (or put the .tgz files of \`npm pack\` of it and all its dependencies there).`);
  }
  return packed;
}

async function installByNpm(dir: string, packages: readonly string[], offline: boolean, signal?: AbortSignal): Promise<void> {
  mkdirSync(dir, {recursive: true});
  const args = ['install', '--prefix', dir, '--ignore-scripts', '--omit=dev', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--no-progress',
    ...(offline ? ['--offline'] : []), ...packages];
  const result = await runProcess('npm', args, {cwd: dir, ...(signal && {signal})});
  if (result.code === 0) return;
  if (result.error?.code === 'ENOENT') throw new RuntimeError('npm is not on PATH: install Node 20 or newer with npm, then run the command again.');
  const mend = offline ? 'put an installed node_modules into the folder of --from' : 'check npm’s registry and proxy settings and run the command again';
  throw new RuntimeError(`npm can't install ${PACKAGE} ${TFJS_VERSION} (${npmReason(result.stderr) ?? tellingLine(result)}): ${mend}.`);
}

/** npm's error code and the sentence after it. */
function npmReason(stderr: string): string | null {
  const lines = stderr.split('\n').map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim()).filter((line) => line !== '');
  const at = lines.findIndex((line) => line.startsWith('code '));
  return at < 0 ? null : lines.slice(at, at + 3).filter((line) => !/^errno|^syscall|^A complete log/.test(line)).join(', ').slice(0, 300);
}

/** Copies a package and all that it depends on from one node_modules, leaving the rest of it. */
function copyClosure(tree: string, dir: string): void {
  const root = dirname(tree);
  const pending = [join(tree, PACKAGE)];
  const seen = new Set<string>();
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    if (seen.has(source)) continue;
    seen.add(source);
    const target = join(dir, relative(root, source));
    const from = source;
    rmSync(target, {recursive: true, force: true});
    // Nested packages are copied where something needs them; a library built for another TensorFlow never.
    cpSync(source, target, {recursive: true, dereference: true, filter: (path) => !isLeftOut(relative(from, path))});
    for (const name of Object.keys(dependenciesOf(source))) {
      const found = findPackage(name, source, root);
      if (found !== null) pending.push(found);
    }
  }
}

function isLeftOut(path: string): boolean {
  const [first, second] = path.split(sep);
  return first === 'node_modules' || first === 'deps' || (first === 'lib' && (second?.startsWith('napi-v') ?? false));
}

function findPackage(name: string, from: string, root: string): string | null {
  const folders = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const inside = folders.filter((folder) => !relative(root, folder).startsWith('..'));
  return inside.map((folder) => join(folder, name)).find((path) => existsSync(join(path, 'package.json'))) ?? null;
}

function dependenciesOf(dir: string): Record<string, string> {
  return (JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {dependencies?: Record<string, string>}).dependencies ?? {};
}

function versionIn(dir: string): string | null {
  try {
    return (JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {version?: string}).version ?? null;
  } catch {
    return null;
  }
}

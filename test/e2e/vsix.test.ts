import {execFile} from 'node:child_process';
import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import picomatch from 'picomatch';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import yauzl from 'yauzl';
import type {RunReader} from '../../src/runs/runReader';
import {packageRoot} from '../support/managedRuntime';
import {EXTENSION, type EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import {startedRun, untilEnd} from './support/runs';
import {fragileLine, regression} from './support/scripts';

const {version} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {version: string};
const native = join(packageRoot, 'dist-vsix', `singscope-linux-x64-${version}.vsix`);
const universal = join(packageRoot, 'dist-vsix', `singscope-universal-${version}.vsix`);

beforeAll(async () => {
  // It builds dist/ anew too.
  if (!existsSync(native) || !existsSync(universal)) await promisify(execFile)(process.execPath, [join(packageRoot, 'scripts', 'package.mjs')], {cwd: packageRoot});
});

/** What a VSIX holds of the extension, paths as in the repository. */
async function contents(vsix: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const entry of (await yauzl.openPromise(vsix)).eachEntry()) {
    if (entry.fileName.startsWith('extension/')) found.set(entry.fileName.slice('extension/'.length), entry.uncompressedSize);
  }
  return found;
}

/** vsce gives these files names of its own. */
const renamed: Record<string, string> = {'README.md': 'readme.md', 'CHANGELOG.md': 'changelog.md', 'LICENSE': 'LICENSE.txt'};

describe.each([['with the native part', native, ['prebuilt/linux-x64/*']], ['universal', universal, []]])('the package %s', (_, vsix, further) => {
  it('is under 3 MB', () => {
    expect(statSync(vsix).size).toBeLessThan(3e6);
  });

  it('holds what the allow-list names, and nothing else', async () => {
    const lines = readFileSync(join(packageRoot, '.vscodeignore'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const allowed = [...lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)), ...further].map((line) => renamed[line] ?? line);
    const paths = [...(await contents(vsix)).keys()];
    const fits = picomatch(allowed, {dot: true});
    expect(paths.filter((path) => !fits(path))).toEqual([]);
    for (const line of allowed) expect(paths.filter((path) => picomatch.isMatch(path, line, {dot: true})), line).not.toEqual([]);
    expect(paths).not.toContain('dist/cli.cjs');
    expect(paths.filter((path) => /(^|\/)(src|test|examples|scripts|node_modules|\.[^/]+)\/|\.map$|\.tsx?$|\.vsix$/.test(path))).toEqual([]);
  });

  it('holds every file that its package.json names', async () => {
    const paths = await contents(vsix);
    const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {main: string; icon: string};
    const media = JSON.stringify(manifest).match(/(?<=")media\/[^"]+/g)!;
    for (const path of [manifest.main.replace('./', ''), ...media, 'package.nls.json', 'package.nls.ja.json', 'l10n/bundle.l10n.ja.json']) expect(paths.get(path) ?? 0, path).toBeGreaterThan(0);
  });
});

it('lacks the native part in the universal package only', async () => {
  const prebuilt = async (vsix: string) => [...(await contents(vsix)).keys()].filter((path) => path.startsWith('prebuilt/'));
  const [inUniversal, inNative] = [await prebuilt(universal), await prebuilt(native)];
  expect(inUniversal).toEqual([]);
  expect(inNative.filter((path) => /\.(node|so)$/.test(path)).length).toBeGreaterThan(0);
});

describe('installed from the package', () => {
  const STEPS = 40;
  const sound = regression({steps: STEPS, pauseMs: 10, seed: 1}, fragileLine);
  const line = sound.split('\n').indexOf(fragileLine) + 1;
  let code: Vscode;
  let project: Workspace;
  let window: EditorWindow;
  pictureFailures();
  beforeAll(async () => {
    code = await startVscode({vsix: native});
    project = makeWorkspace({files: {'train.js': sound, 'broken.js': sound.replace('value: 0.1', 'value: 0.1e30')}});
    window = await code.open(project.folder);
  });
  afterAll(async () => {
    await code.stop();
    project.remove();
  });

  async function runLens(name: string): Promise<RunReader> {
    await window.editor.open(project.path(name));
    const run = await startedRun(project.folder, () => window.editor.clickLens(/^Run$/));
    await untilEnd(run);
    return run;
  }

  it('is the package, not the repository', async () => {
    const [path, found] = await window.probe.evaluate(({vscode}, id) => {
      const extension = vscode.extensions.getExtension<unknown>(id);
      return [extension?.extensionPath ?? '', (extension?.packageJSON as {version?: string} | undefined)?.version] as const;
    }, EXTENSION);
    expect(found).toBe(version);
    expect(existsSync(join(path, 'dist', 'extension.cjs'))).toBe(true);
    expect(existsSync(join(path, 'src'))).toBe(false);
  });

  it('runs a script from its lens; the panel shows the loss of the run folder', async () => {
    const run = await runLens('train.js');
    expect(run.status()).toBe('finished');
    expect(run.findings).toEqual([]);
    const panel = await window.panel();
    await eventually('the last step on the screen', async () => await panel.lastStep() === STEPS);
    const drawn = (await panel.drawn('loss')).find(({label}) => label === 'loss')!;
    expect(drawn.x).toEqual(Array.from(run.steps.column('step')));
    expect(drawn.y).toEqual(Array.from(run.steps.column('loss')));
  });

  it('marks the line that made the broken layer', async () => {
    const path = project.path('broken.js');
    const run = await runLens('broken.js');
    expect(run.findings.length).toBeGreaterThan(0);
    const found = await eventually('a diagnostic', async () => (await window.probe.diagnostics(path)).find(({source}) => source === 'SINGscope'));
    expect(found.line).toBe(line);
    expect(found.message).toContain('middle');
    await expect.poll(async () => (await window.editor.squiggles()).error + (await window.editor.squiggles()).warning).toBeGreaterThan(0);
  });

  it('raises no error in the window', () => {
    expect(window.log.ours()).toEqual([]);
  });
});

import {rmSync} from 'node:fs';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {RunReader} from '../../src/runs/runReader';
import type {EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import type {ProbedDiagnostic} from './host/probe';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import {startedRun, untilEnd} from './support/runs';
import {fragileLine, manyLayers, regression} from './support/scripts';

const TEXT = regression({steps: 60, pauseMs: 15, seed: 1}, fragileLine);
const LINE = TEXT.split('\n').indexOf(fragileLine) + 1;
const COLUMN = fragileLine.indexOf('0.1') + '0.1'.length + 1;

pictureFailures();
let code: Vscode;
let project: Workspace;
let window: EditorWindow;
let file: string;
beforeAll(async () => {
  code = await startVscode();
  project = makeWorkspace({files: {'train.js': TEXT, 'many.js': manyLayers({steps: 40, pauseMs: 5}, 200)}});
  file = project.path('train.js');
  window = await code.open(project.folder);
});
afterAll(async () => {
  await code.stop();
  project.remove();
});

async function ours(path = file): Promise<ProbedDiagnostic[]> {
  return (await window.probe.diagnostics(path)).filter(({source}) => source === 'SINGscope');
}

async function runLens(): Promise<RunReader> {
  await window.editor.open(file);
  const run = await startedRun(project.folder, () => window.editor.clickLens(/^Run$/));
  await untilEnd(run);
  return run;
}

it('says nothing of a run that is sound', async () => {
  const run = await runLens();
  expect(run.findings).toEqual([]);
  const said = await ours();
  expect(said).toEqual([]);
});

it('marks the line that one edit broke, soon after the step', async () => {
  await window.probe.evaluate(({vscode, kept}, path) => {
    kept['shown'] = null;
    vscode.languages.onDidChangeDiagnostics(() => {
      const some = vscode.languages.getDiagnostics(vscode.Uri.file(path)).some(({source}) => source === 'SINGscope');
      if (some) kept['shown'] ??= Date.now();
    });
  }, file);
  await window.editor.open(file, LINE, COLUMN);
  await window.editor.type('e30');
  const run = await runLens();
  expect(run.findings.length).toBeGreaterThan(0);
  const found = await eventually('a diagnostic', async () => (await ours())[0]);
  expect(found.line).toBe(LINE);
  expect(found.message).toContain('middle');
  const shown = await window.probe.evaluate(({kept}) => kept['shown'] as number);
  const [first] = run.findings.sort((a, b) => a.step - b.step);
  console.log(`the finding's step to its diagnostic: ${(shown - run.steps.column('time')[first!.step - 1]!).toFixed(0)} ms (goal: 500 ms)`);
  await expect.poll(async () => (await window.editor.squiggles()).error + (await window.editor.squiggles()).warning).toBeGreaterThan(0);
});

it('tells more in the hover, in a hint and in actions', async () => {
  await window.editor.hover('middle', /step/);
  await eventually('a hint at its line', async () => (await window.editor.inlayHints(file))[0]?.line === LINE);
  await eventually('an action for each way on', async () => {
    const titles = await window.probe.evaluate(async ({vscode}, path, line) => {
      const range = new vscode.Range(line - 1, 0, line - 1, 200);
      const actions = await vscode.commands.executeCommand<{title: string}[]>('vscode.executeCodeActionProvider', vscode.Uri.file(path), range);
      return actions.map(({title}) => title);
    }, file, LINE);
    return [/panel/i, /SING/, /copy/i].every((word) => titles.some((title) => word.test(title)));
  });
});

it('follows the text when lines are put above it', async () => {
  await window.editor.open(file, 1, 1);
  await window.editor.type('// one\n// two\n');
  await eventually('the diagnostic two lines further down', async () => {
    const shown = await ours();
    return shown.length > 0 && shown.every(({line}) => line === LINE + 2);
  });
});

it('goes stale when its own line changes, and away with a sound run', async () => {
  await window.editor.open(file, LINE + 2, COLUMN + 3);
  for (const _ of 'e30') await window.editor.press('Backspace');
  await eventually('a stale diagnostic', async () => {
    const shown = await ours();
    return shown.length > 0 && shown.every(({severity, message}) => severity === 'information' && message.includes('changed'));
  });
  await runLens();
  await eventually('no diagnostic', async () => (await ours()).length === 0);
});

it('says once what befell 200 layers made by one line', async () => {
  const path = project.path('many.js');
  await window.editor.open(path);
  const run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training'));
  await untilEnd(run);
  const found = await eventually('a diagnostic', async () => {
    const shown = await ours(path);
    return shown.length > 0 && shown;
  });
  const lines = found.map(({line, code: rule}) => `${line} ${rule}`);
  expect(new Set(lines).size).toBe(lines.length);
  expect(lines.length).toBeLessThanOrEqual(3);
});

it('bears a finding in a file that is gone', async () => {
  rmSync(project.path('many.js'));
  await window.view('Runs').show('SINGscope');
  await window.view('Runs').open('many.js');
  await eventually('the run in the panel', async () => await (await window.panel()).lastStep() === 40);
  expect(window.log.ours()).toEqual([]);
});

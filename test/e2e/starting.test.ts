import {writeFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {pictureFailures} from './host/failurePictures';
import {EXTENSION, type EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';
import {runsOf, startedRun, untilEnd, untilStep} from './support/runs';
import {fitted, openEnded, regression} from './support/scripts';

pictureFailures();
let code: Vscode;
beforeAll(async () => {
  code = await startVscode();
});
afterAll(async () => {
  await code.stop();
});

describe('a folder with a training script', () => {
  let project: Workspace;
  let window: EditorWindow;
  beforeAll(async () => {
    project = makeWorkspace({name: 'my 訓練 project', files: {
      '数字 train.js': regression({steps: 60, pauseMs: 20}),
      'long.js': regression({steps: 4000, pauseMs: 20}),
      'fitted.js': fitted({steps: 20}),
      'broken syntax.js': 'const tf = require("@tensorflow/tfjs");\nconst model = tf.sequential(;\n',
    }});
    window = await code.open(project.folder);
  });
  afterAll(async () => {
    await window.close();
    project.remove();
  });

  it('says in its view that nothing was run, and offers to run', async () => {
    await window.view('Runs').show('SINGscope');
    await eventually('the welcome', async () => (await window.view('Runs').welcome()).includes('No training has been run here yet.'));
  });

  it('runs a script from its lens, a name with blanks and Japanese characters included', async () => {
    await window.editor.open(project.path('数字 train.js'));
    const run = await startedRun(project.folder, () => window.editor.clickLens(/^Run$/));
    await eventually('the status item', async () => (await window.statusBar.texts(EXTENSION)).some((text) => /SINGscope: .*\d/.test(text)));
    await untilEnd(run);
    expect(run.status()).toBe('finished');
    expect(run.steps.length).toBe(60);
    expect(run.launch.script).toContain('数字 train.js');
    await eventually('the run in the tree', async () => (await window.view('Runs').texts()).some((text) => text.includes('数字 train.js')));
  });

  it('runs a script from the command palette', async () => {
    await window.editor.open(project.path('fitted.js'));
    const run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training with SING'));
    await untilEnd(run);
    expect(run.launch.sing.mode).toBe('on');
    expect(run.steps.length).toBe(20);
  });

  it('switches SING in mid-run, and stops', async () => {
    await window.editor.open(project.path('long.js'));
    const run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training'));
    await untilStep(run, 20);
    const kernel = run.parameters.find(({name}) => name === 'middle/kernel')!;
    const before = run.series(kernel.index);
    expect(before.column('normAfter').at(-1)).toBe(before.column('norm').at(-1));
    await window.palette.run('SINGscope: Switch SING On or Off');
    const change = await eventually('SING', () => {
      run.refresh();
      return run.events('sing').find(({settings}) => settings.mode === 'on');
    });
    // Rows of parameters are in a file of their own, which is written and read after that of the steps.
    await eventually('the rows after it', () => {
      run.refresh();
      return run.series(kernel.index).length >= change.step + 20;
    });
    const after = run.series(kernel.index).column('normAfter').slice(change.step);
    expect(after.length).toBeGreaterThanOrEqual(20);
    for (const norm of after) expect(norm).toBeCloseTo(1, 3);
    await window.palette.run('SINGscope: Stop Run');
    await untilEnd(run);
    expect(run.status()).toBe('stopped');
  });

  it('deletes a run, and brings it back', async () => {
    const count = runsOf(project.folder).length;
    await window.view('Runs').choose('fitted.js', 'Delete Run');
    await eventually('its end', () => runsOf(project.folder).length === count - 1);
    await window.notifications.press('deleted', 'Undo');
    await eventually('its return', () => runsOf(project.folder).length === count);
  });

  it('says where the syntax of a script is wrong', async () => {
    await window.editor.open(project.path('broken syntax.js'));
    await window.palette.run('SINGscope: Run Training');
    const message = await window.notifications.find(/broken syntax\.js can't be run/);
    await expect.poll(async () => await message.innerText()).toMatch(/2/);
  });

  it('goes on training when the extension host is killed, and finds the run again', async () => {
    writeFileSync(project.path('openEnded.js'), openEnded(30));
    await window.editor.open(project.path('openEnded.js'));
    const run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training'));
    await untilStep(run, 30);
    await window.crashExtensionHost();
    expect(run.status()).toBe('running');
    await eventually('the run in the status bar', async () => (await window.statusBar.texts(EXTENSION)).some((text) => /SINGscope: .*\d/.test(text)));
    writeFileSync(project.path('enough'), '');
    await untilEnd(run);
    expect(run.status()).toBe('finished');
    // Not one step is missing, those without an extension host included.
    expect(Array.from(run.steps.column('step'))).toEqual(Array.from({length: run.lastEvent('end')!.step}, (_, i) => i + 1));
  });

  it('raises no error in the window', () => {
    expect(window.log.ours()).toEqual([]);
  });
});

it('says so when the Node of the settings does not exist', async () => {
  const project = makeWorkspace({files: {'train.js': regression({steps: 5})}});
  const window = await code.open(project.folder, {settings: {'singscope.nodePath': '/no/such/node'}});
  await window.editor.open(project.path('train.js'));
  await window.palette.run('SINGscope: Run Training');
  await window.notifications.find(/\/no\/such\/node/);
  expect(runsOf(project.folder)).toEqual([]);
  await window.close();
  project.remove();
});

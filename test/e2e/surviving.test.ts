import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {EXTENSION} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace} from './host/workspace';
import {runsOf, startedRun, untilEnd, untilStep} from './support/runs';
import {regression} from './support/scripts';

pictureFailures();

describe('a trusted folder', () => {
  let code: Vscode;
  beforeAll(async () => {
    code = await startVscode();
  });
  afterAll(async () => {
    await code.stop();
  });

  // Four windows and two servers start one after the other in it, beside a training.
  it('follows a run in a second window, over a reload and over a restart of VS Code', async () => {
    const project = makeWorkspace({files: {'train.js': regression({steps: 20_000, pauseMs: 40})}});
    const first = await code.open(project.folder);
    await first.editor.open(project.path('train.js'));
    const run = await startedRun(project.folder, () => first.palette.run('SINGscope: Run Training'));
    await untilStep(run, 20);

    const second = await code.open(project.folder);
    await second.view('Runs').show('SINGscope');
    await eventually('the run in the second window', async () => (await second.view('Runs').texts()).some((text) => /train\.js.*running/.test(text)));
    await second.close();

    await first.reload();
    const reached = (run.refresh(), run.steps.length);
    await eventually('the panel going on', async () => await (await first.panel()).lastStep() > reached);

    await code.restart();
    await first.reconnect();
    expect(run.status()).toBe('running');
    const now = (run.refresh(), run.steps.length);
    await eventually('the panel going on', async () => await (await first.panel()).lastStep() > now);
    await eventually('the status item', async () => (await first.statusBar.texts(EXTENSION)).some((text) => /step/.test(text)));
    await first.palette.run('SINGscope: Stop Run');
    await untilEnd(run);
    expect(run.status()).toBe('stopped');
    await first.close();
    project.remove();
  }, 600_000);

  it('keeps the runs of several folders apart', async () => {
    const one = makeWorkspace({name: 'one', files: {'train.js': regression({steps: 10})}});
    const two = makeWorkspace({name: 'two', files: {'train.js': regression({steps: 12})}});
    const file = join(one.folder, 'both.code-workspace');
    writeFileSync(file, JSON.stringify({folders: [{path: one.folder}, {path: two.folder}]}));
    const window = await code.open(file);
    await window.untilFolders(2);
    for (const [project, steps] of [[one, 10], [two, 12]] as const) {
      await window.editor.open(project.path('train.js'));
      const run = await startedRun(project.folder, () => window.palette.run('SINGscope: Run Training'));
      await untilEnd(run);
      expect(run.steps.length).toBe(steps);
    }
    await window.view('Runs').show('SINGscope');
    await eventually('both folders in the tree', async () => {
      const texts = await window.view('Runs').texts();
      return texts.some((text) => text.startsWith('one')) && texts.some((text) => text.startsWith('two'));
    });
    expect(window.log.ours()).toEqual([]);
    await window.close();
    one.remove();
    two.remove();
  });

  it('says why nothing runs in a folder without TensorFlow.js', async () => {
    const project = makeWorkspace({tfjs: false, files: {'train.js': "require('no-such-package');\n"}});
    const window = await code.open(project.folder);
    await window.editor.open(project.path('train.js'));
    await window.palette.run('SINGscope: Run Training');
    await window.notifications.find(/no-such-package/);
    await window.close();
    project.remove();
  });
});

it('runs nothing in a folder that is not trusted, and says why', async () => {
  const code = await startVscode({workspaceTrust: true});
  const project = makeWorkspace({files: {'train.js': regression({steps: 10})}});
  const window = await code.open(project.folder);
  await window.editor.open(project.path('train.js'));
  const offered = await window.palette.offered('SINGscope: Run Training');
  expect(offered).not.toContain('SINGscope: Run Training');
  await window.view('Runs').show('SINGscope');
  await eventually('the reason', async () => (await window.view('Runs').welcome()).includes('not trusted'));
  await window.probe.command('singscope.run').catch(() => null);
  await window.notifications.find(/not trusted/);
  expect(runsOf(project.folder)).toEqual([]);
  expect(window.log.ours()).toEqual([]);
  await code.stop();
  project.remove();
});

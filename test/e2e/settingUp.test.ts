import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Frame} from 'playwright-core';
import type * as axeApi from 'axe-core';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {packageRoot} from '../support/managedRuntime';
import {serveWheels, type WheelServer} from '../support/wheelServer';
import {EXTENSION, type EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import {webviewFrame} from './host/pages/webviewFrame';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';

const CHECKED = 90_000;
const WHEEL = 'tensorflow_cpu-2.21.0-cp310-cp310-manylinux_2_27_x86_64.whl';
const MEGABYTE = 1_000_000;

pictureFailures();
let code: Vscode;
let project: Workspace;
let window: EditorWindow;
let wheels: WheelServer;
/** Where this editor's runtimes lie: there is none. */
const runtimes = mkdtempSync(join(tmpdir(), 'singscope-runtimes-'));
beforeAll(async () => {
  wheels = await serveWheels('tensorflow-cpu', [{fileName: WHEEL, content: Buffer.alloc(200 * MEGABYTE)}]);
  wheels.stallAfter = 20 * MEGABYTE;
  code = await startVscode({env: {SINGSCOPE_RUNTIME_DIR: runtimes, PIP_INDEX_URL: wheels.indexUrl}});
  project = makeWorkspace({tfjs: false, files: {
    'train.js': 'const tf = require("@tensorflow/tfjs");\n',
    'node_modules/@tensorflow/tfjs/package.json': '{"name": "@tensorflow/tfjs", "version": "4.1.0", "main": "index.js"}',
    'node_modules/@tensorflow/tfjs/index.js': 'throw new Error("spoiled for this test");\n',
    'node_modules/@tensorflow/tfjs-node/package.json': '{"name": "@tensorflow/tfjs-node", "version": "4.1.0", "main": "index.js"}',
    'node_modules/@tensorflow/tfjs-node/index.js': 'throw new Error("The addon is not there. \\nBuild it.");\n',
  }});
  window = await code.open(project.folder);
});
afterAll(async () => {
  await code.stop();
  await wheels.close();
  project.remove();
  rmSync(runtimes, {recursive: true, force: true, maxRetries: 20});
});

it('opens by its command, shows the Node of trainings, and what is wrong with its mend', async () => {
  await window.palette.run('SINGscope: Check Setup');
  const frame = await report();
  const text = await frame.locator('body').innerText();
  await expect.poll(async () => await frame.locator('.facts dd.good').first().innerText()).toMatch(/^\d+\.\d+\.\d+, \/.*/);
  expect(text).toContain(project.folder);
  expect(text).toContain('@tensorflow/tfjs does not load: spoiled for this test');
  expect(text).toContain('npm install @tensorflow/tfjs');
  expect(text).not.toMatch(/singscope runtime|--[a-z]+ PATH/);
});

it('tells each thing once, and for a package without its TensorFlow offers the runtime that does for it', async () => {
  const frame = await report();
  const text = await frame.locator('body').innerText();
  expect(text.split('spoiled for this test').length - 1).toBe(1);
  expect(text.split('The addon is not there').length - 1).toBe(1);
  expect(text).toContain('@tensorflow/tfjs-node 4.1.0: does not load (The addon is not there)');
  const problems = await frame.locator('.problems .what').allInnerTexts();
  expect(problems.filter((problem) => /tfjs-node/.test(problem))).toEqual([]);
  expect(problems.filter((problem) => /No TensorFlow library loads here/.test(problem)).length).toBe(1);
  await expect.poll(async () => await frame.locator('.status').innerText()).toBe(`${problems.length} things are wrong.`);
});

it('has nothing that shuts anybody out', async () => {
  const frame = await report();
  await frame.evaluate(readFileSync(join(packageRoot, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const {violations} = await frame.evaluate(async () => await (globalThis as unknown as {axe: typeof axeApi}).axe.run());
  expect(violations.filter(({impact}) => impact === 'serious' || impact === 'critical').map(({id, nodes}) => [id, nodes.map(({html}) => html)])).toEqual([]);
});

it('is copied as text', async () => {
  const frame = await report();
  await frame.locator('button', {hasText: 'Copy as Text'}).press('Enter');
  await eventually('the word that it is copied', async () => await frame.locator('.status').innerText() === 'Copied.');
  const copied = await window.probe.evaluate(async ({vscode}) => await vscode.env.clipboard.readText());
  expect(copied).toContain(project.folder);
  expect(copied).toMatch(/Node for trainings: \d+\.\d+/);
});

it('installs the runtime by its button, with progress that can be cancelled', async () => {
  const frame = await report();
  const install = frame.locator('.problems button', {hasText: /^Install/});
  const offers = await install.count();
  expect(offers).toBe(1);
  await install.press('Enter');
  await window.notifications.find(/Installing TensorFlow runtime.*Downloading.* 20\/200 MB/);
  expect(wheels.requests.map(({path}) => path)).toContain(`/files/${WHEEL}`);
  await window.notifications.press(/Installing TensorFlow runtime/, 'Cancel');
  await window.notifications.find(/The install was stopped/);
  await report();
  await install.waitFor();
  expect(readdirSync(runtimes).filter((name) => !name.startsWith('.'))).toEqual([]);
});

it('comes back with its window, for the same folder', async () => {
  await window.reload();
  const frame = await report();
  await expect.poll(async () => await frame.locator('.folder').innerText()).toBe(project.folder);
  await expect.poll(async () => await frame.locator('body').innerText()).toContain('@tensorflow/tfjs does not load: spoiled for this test');
});

it('leads from a Node that can not be used to its setting', async () => {
  await window.probe.evaluate(async ({vscode}) => { await vscode.workspace.getConfiguration('singscope').update('nodePath', '/no/such/node', vscode.ConfigurationTarget.Workspace); });
  const frame = await webviewFrame(window.page, EXTENSION);
  const choose = frame.locator('button', {hasText: 'Choose Node'});
  await choose.waitFor({timeout: CHECKED});
  await expect.poll(async () => await frame.locator('.problems').innerText()).toContain('/no/such/node');
  await choose.press('Enter');
  await eventually('the setting', async () => (await window.page.locator('.settings-editor').innerText()).includes('Node Path'));
  expect(window.log.ours()).toEqual([]);
});

/** The page, once it has looked at everything. */
async function report(): Promise<Frame> {
  // A frame that gives way to another one is looked for again.
  return await eventually('the report', async () => {
    const frame = await webviewFrame(window.page, EXTENSION);
    await frame.locator('main:not([aria-busy]) .facts').waitFor({timeout: 10_000});
    return frame;
  }, CHECKED);
}

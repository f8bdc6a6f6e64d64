import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Frame} from 'playwright-core';
import type * as axeApi from 'axe-core';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {packageRoot} from '../support/managedRuntime';
import {EXTENSION, type EditorWindow} from './host/editorWindow';
import {eventually} from './host/eventually';
import {pictureFailures} from './host/failurePictures';
import {webviewFrame} from './host/pages/webviewFrame';
import {startVscode, type Vscode} from './host/vscode';
import {makeWorkspace, type Workspace} from './host/workspace';

const CHECKED = 90_000;

pictureFailures();
let code: Vscode;
let project: Workspace;
let window: EditorWindow;
beforeAll(async () => {
  code = await startVscode();
  project = makeWorkspace({tfjs: false, files: {
    'train.js': 'const tf = require("@tensorflow/tfjs");\n',
    'node_modules/@tensorflow/tfjs/package.json': '{"name": "@tensorflow/tfjs", "version": "4.1.0", "main": "index.js"}',
    'node_modules/@tensorflow/tfjs/index.js': 'throw new Error("spoiled for this test");\n',
  }});
  window = await code.open(project.folder);
});
afterAll(async () => {
  await code.stop();
  project.remove();
});

it('opens by its command, shows the Node of trainings, and what is wrong with its mend', async () => {
  await window.palette.run('SINGscope: Check Setup');
  const frame = await report();
  const text = await frame.locator('body').innerText();
  expect(await frame.locator('.facts dd.good').first().innerText()).toMatch(/^\d+\.\d+\.\d+, \/.*/);
  expect(text).toContain(project.folder);
  expect(text).toContain('@tensorflow/tfjs does not load: spoiled for this test');
  expect(text).toContain('npm install @tensorflow/tfjs');
  expect(text).not.toMatch(/singscope runtime|--[a-z]+ PATH/);
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

it('leads from a Node that can not be used to its setting', async () => {
  await window.probe.evaluate(async ({vscode}) => { await vscode.workspace.getConfiguration('singscope').update('nodePath', '/no/such/node', vscode.ConfigurationTarget.Workspace); });
  const frame = await webviewFrame(window.page, EXTENSION);
  const choose = frame.locator('button', {hasText: 'Choose Node'});
  await choose.waitFor({timeout: CHECKED});
  expect(await frame.locator('.problems').innerText()).toContain('/no/such/node');
  await choose.press('Enter');
  await eventually('the setting', async () => (await window.page.locator('.settings-editor').innerText()).includes('Node Path'));
  expect(window.log.ours()).toEqual([]);
});

/** The page, once it has looked at everything. */
async function report(): Promise<Frame> {
  const frame = await webviewFrame(window.page, EXTENSION);
  await frame.locator('main:not([aria-busy]) .facts').waitFor({timeout: CHECKED});
  return frame;
}

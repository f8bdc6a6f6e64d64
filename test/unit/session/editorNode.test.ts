import {chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {editorEnvironment, withNodeOnPath} from '../../../src/session/editorEnvironment';
import {findEditorNode} from '../../../src/session/editorNode';

let home = '';
beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'singscope-home ')); });
afterEach(() => { rmSync(home, {recursive: true, force: true}); });

/** A Node that says of itself that it has this version. */
function fakeNode(path: string, version: string): string {
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, `#!/bin/sh\necho '["${path}","${version}",false]'\n`);
  chmodSync(path, 0o755);
  return path;
}

test('the setting wins, then PATH, then the newest that a version manager has', () => {
  const bin = join(home, 'bin');
  const wanted = fakeNode(join(home, 'own', 'node'), '21.0.0');
  const onPath = fakeNode(join(bin, 'node'), '20.1.0');
  fakeNode(join(home, '.nvm/versions/node/v9.11.2/bin/node'), '9.11.2');
  fakeNode(join(home, '.nvm/versions/node/v22.3.0/bin/node'), '22.3.0');
  const newest = fakeNode(join(home, '.local/share/fnm/node-versions/v22.10.0/installation/bin/node'), '22.10.0');
  const env = {HOME: home, PATH: `${bin}${delimiter}/bin`};
  expect(findEditorNode(wanted, home, env).path).toBe(wanted);
  expect(findEditorNode(null, home, env)).toMatchObject({path: onPath, version: '20.1.0'});
  fakeNode(join(bin, 'node'), '18.0.0');
  expect(findEditorNode(null, home, env)).toMatchObject({path: newest, version: '22.10.0'});
});

test('a setting that is no Node is told in one line that names it', () => {
  expect(() => findEditorNode(join(home, 'nowhere'), home, {HOME: home, PATH: ''})).toThrow(/^Node could not be started as [^\n]*nowhere [^\n]*: set singscope\.nodePath to the path of a Node 20 or newer\.$/);
  const old = fakeNode(join(home, 'old'), '16.0.0');
  expect(() => findEditorNode(old, home, {HOME: home, PATH: ''})).toThrow(/is Node 16\.0\.0, which is too old: set singscope\.nodePath/);
});

test('the script gets the user\'s variables, not those of the editor', () => {
  const env = editorEnvironment({
    PATH: '/bin', HOME: '/h', ELECTRON_RUN_AS_NODE: '1', VSCODE_PID: '7', VSCODE_INSPECTOR_OPTIONS: '{}', SNAP: '/snap', SNAP_NAME: 'code', SNAPPY: 'mine',
    NODE_OPTIONS: ' --require "/x y/ms-vscode.js-debug/src/bootloader.js"  --max-old-space-size=4096 --require ./mine.js',
  });
  expect(env).toEqual({PATH: '/bin', HOME: '/h', SNAPPY: 'mine', NODE_OPTIONS: '--max-old-space-size=4096 --require ./mine.js'});
  expect(editorEnvironment({NODE_OPTIONS: '--require /a/js-debug/bootloader.js'})).toEqual({});
});

test('a Node outside PATH comes first there', () => {
  symlinkSync('/bin', join(home, 'bin'));
  expect(withNodeOnPath({PATH: '/bin'}, '/opt/n/bin/node')).toEqual({PATH: `/opt/n/bin${delimiter}/bin`});
  expect(withNodeOnPath({PATH: '/bin'}, '/bin/node')).toEqual({PATH: '/bin'});
});

import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, it} from 'vitest';
import {plainText, readScriptError} from '../../../src/ui/scriptError';

/** What the script's own Node says of it. */
function errorOf(name: string, text: string, args: string[] = []) {
  const file = join(mkdtempSync(join(tmpdir(), 'script error ')), name);
  writeFileSync(file, text);
  const {NODE_OPTIONS: _options, ...env} = process.env;
  const {stderr} = spawnSync(process.execPath, [...args, file], {encoding: 'utf8', env});
  return {file, error: readScriptError(stderr)};
}

describe('the error of a script', () => {
  it.each(['学習 1.js', 'train.mjs'])('is a syntax error at its line: %s', (name) => {
    const {file, error} = errorOf(name, 'const a = 1;\n  const b = ;\n');
    expect(error).toEqual({message: expect.stringContaining('SyntaxError: Unexpected token') as string, syntax: true, site: {file, line: 2, column: 13}});
  });

  it('is a syntax error that tsx found', () => {
    const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
    const {file, error} = errorOf('train.ts', 'const a: number = 1;\nlet b: = 3;\n', ['--import', tsx]);
    expect(error).toMatchObject({syntax: true, site: {file, line: 2}});
  });

  it.each(['train.js', 'train.mjs'])('is what it threw, where it threw it: %s', (name) => {
    const {file, error} = errorOf(name, 'function f() {\n  throw new TypeError("no such layer");\n}\nf();\n');
    expect(error).toMatchObject({message: 'TypeError: no such layer', syntax: false, site: {file, line: 2}});
  });

  it('is at the user\'s own line where a package threw', () => {
    const {file, error} = errorOf('train.js', `const {join} = require('path');\njoin(1);\n`);
    expect(error).toMatchObject({message: expect.stringContaining('TypeError: The "path" argument must be') as string, site: {file, line: 2}});
  });

  it.each([
    ['a module that is missing', 'a.js', `\nconst a = require('./nope');\n`, {message: `Error: Cannot find module './nope'`, site: {line: 2}}],
    ['a file that is missing', 'b.mjs', `import fs from 'node:fs';\nfs.readFileSync('nope');\n`, {site: {line: 2}}],
    ['text that is no JSON', 'c.mjs', `\n\nawait 1;\nJSON.parse('{');\n`, {site: {line: 4}, syntax: false}],
    ['code in an eval', 'd (1).js', `\nfunction f() { eval('null.x'); }\nf();\n`, {site: {line: 2}}],
  ])('is at the first frame that is in the user\'s file, never in one of Node: %s', (_what, name, text, expected) => {
    const {file, error} = errorOf(name, text);
    expect(error).toMatchObject({...expected, site: {file, ...expected.site}});
  });

  it('names no line where only Node has frames', () => {
    expect(errorOf('a.mjs', `import './nope.js';\n`).error).toMatchObject({message: expect.stringContaining('Cannot find module') as string, site: null});
  });

  it('is not at a line of what SINGscope brings into the process', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'script error ')), 'dist');
    mkdirSync(folder);
    writeFileSync(join(folder, 'preload.cjs'), 'module.exports = (f) => f();\n');
    const {file, error} = errorOf('train.js', `const apply = require(${JSON.stringify(join(folder, 'preload.cjs'))});\napply(() => require('path').join(1));\n`);
    expect(error).toMatchObject({site: {file, line: 2}});
    const [first, second] = ['preload.cjs', 'train.js'].map((name) => `    at f (${join(folder, name)}:3:4)`);
    expect(readScriptError(`TypeError: no\n${first}\n${second}\n`)).toMatchObject({site: {file: join(folder, 'train.js'), line: 3}});
  });

  it('is none where a script only warns', () => {
    expect(readScriptError('2026-11-24 13:00:00.1: I tensorflow/core: AVX2\n(node:1) Warning: slow\n')).toBeNull();
  });
});

describe('plain text', () => {
  it('has no colours or links of a terminal', () => {
    expect(plainText('\u001b[1m\u001b[31mloss\u001b[0m 0.5 \u001b]8;;http://x\u0007x')).toBe('loss 0.5 x');
  });
});

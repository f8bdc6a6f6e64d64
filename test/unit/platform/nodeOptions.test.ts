import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {quoteNodeOption} from '../../../src/platform/nodeOptions';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'singscope test '));
});
afterEach(() => rmSync(dir, {recursive: true}));

it.each(['plain.cjs', 'with space.cjs', 'quo"te.cjs', 'back\\slash x.cjs', 'tab\there.cjs', 'üñï code.cjs'])('lets Node load %j through NODE_OPTIONS', (name) => {
  const file = join(dir, name);
  writeFileSync(file, 'console.log("preloaded");');
  const output = execFileSync(process.execPath, ['-e', 'console.log("script")'], {
    env: {...process.env, NODE_OPTIONS: `--no-warnings --require ${quoteNodeOption(file)}`}, encoding: 'utf8',
  });
  expect(output).toBe('preloaded\nscript\n');
});

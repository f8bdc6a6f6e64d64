import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {Failure} from '../../../src/platform/failure';
import {findNode, findScript, scriptCommand} from '../../../src/session/nodeCommand';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'singscope test '));
});
afterEach(() => rmSync(dir, {recursive: true}));

describe('findScript', () => {
  it('takes a path from the folder the script is started in, or from here', () => {
    writeFileSync(join(dir, 'train.js'), '');
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'sub', 'train.js'), '');
    expect(findScript('train.js', join(dir, 'sub'), dir)).toBe(join(dir, 'sub', 'train.js'));
    expect(findScript('sub/train.js', join(dir, 'sub'), dir)).toBe(join(dir, 'sub', 'train.js'));
  });

  it('says in one line what is wrong with a path, and the mend', () => {
    writeFileSync(join(dir, 'data.csv'), '1,2');
    for (const [script, words] of [['missing.js', 'No such file'], ['.', 'is a directory'], ['data.csv', 'not JavaScript or TypeScript']] as const) {
      const attempt = (): unknown => findScript(script, dir, dir);
      expect(attempt).toThrow(Failure);
      expect(attempt).toThrow(words);
      expect(attempt).not.toThrow('\n');
    }
  });
});

describe('findNode', () => {
  it('asks the Node on PATH what it is', () => {
    const node = findNode(null, dir, {...process.env, PATH: dirname(process.execPath)});
    expect(node.version).toBe(process.versions.node);
  });

  it('refuses what is missing or is no Node', () => {
    expect(() => findNode(join(dir, 'node'), dir, process.env)).toThrow(/could not be started.*--node/);
    expect(() => findNode(null, dir, {PATH: dir})).toThrow(/install Node 20/);
    const other = join(dir, 'other');
    symlinkSync('/bin/echo', other);
    expect(() => findNode(other, dir, process.env)).toThrow('is not Node');
  });
});

describe('scriptCommand', () => {
  const node = {path: '/usr/bin/node', version: '20.1.0', stripsTypes: false};

  it('keeps the arguments of Node and of the script apart, without a shell', () => {
    expect(scriptCommand(node, '/w s/a.js', ['--expose-gc'], ['--x', '$(rm) "q"'])).toEqual({
      file: '/usr/bin/node', args: ['--expose-gc', '/w s/a.js', '--x', '$(rm) "q"'],
    });
  });

  it('starts TypeScript through the tsx beside it', () => {
    mkdirSync(join(dir, 'node_modules'));
    symlinkSync(resolve('node_modules/tsx'), join(dir, 'node_modules', 'tsx'));
    const {args} = scriptCommand(node, join(dir, 'a.ts'), [], []);
    expect(args[0]).toBe('--import');
    expect(args[1]).toMatch(/^file:.*tsx\/dist\/loader\.mjs$/);
    expect(args[2]).toBe(join(dir, 'a.ts'));
  });

  it('leaves TypeScript to a Node that strips types, and else names tsx', () => {
    const script = join(dir, 'a.ts');
    expect(scriptCommand({...node, stripsTypes: true}, script, [], []).args).toEqual([script]);
    expect(() => scriptCommand(node, script, [], [])).toThrow('npm i -D tsx');
  });
});

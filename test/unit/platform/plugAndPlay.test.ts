import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {findPlugAndPlay, resolveFrom, withPlugAndPlay} from '../../../src/platform/plugAndPlay';
import {plugAndPlayLayout} from '../../support/packageLayout';

let dir: string;
let inner: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'singscope pnp '));
  plugAndPlayLayout(dir, ['long']);
  inner = join(dir, 'src');
  mkdirSync(inner);
});
afterEach(() => rmSync(dir, {recursive: true}));

it('finds the hook above a folder, and none for a project of its own that has node_modules', () => {
  expect(findPlugAndPlay(inner)).toBe(join(dir, '.pnp.cjs'));
  mkdirSync(join(inner, 'node_modules/@tensorflow'), {recursive: true});
  expect(findPlugAndPlay(inner)).toBeNull();
  expect(findPlugAndPlay(tmpdir())).toBeNull();
});

it('adds the hooks behind what NODE_OPTIONS holds, once', () => {
  const once = withPlugAndPlay({NODE_OPTIONS: '--no-warnings', HOME: '/h'}, inner);
  expect(once.HOME).toBe('/h');
  expect(once.NODE_OPTIONS).toMatch(/^--no-warnings --require "[^"]*\.pnp\.cjs" --experimental-loader file:\S*%20\S*\.pnp\.loader\.mjs$/);
  expect(withPlugAndPlay(once, inner)).toBe(once);
  expect(withPlugAndPlay({}, tmpdir())).toEqual({});
});

it('resolves what is declared, and nothing else', () => {
  const issuer = join(inner, 'train.ts');
  writeFileSync(issuer, '');
  expect(resolveFrom(issuer, 'long')).toContain(join(dir, '.yarn/long/node_modules/long/'));
  expect(resolveFrom(issuer, 'tsx')).toBeNull();
});

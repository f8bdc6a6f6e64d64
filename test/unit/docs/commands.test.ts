import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {packageRoot} from '../../support/managedRuntime';

const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...readdirSync(join(packageRoot, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
const {scripts} = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {scripts: Record<string, string>};

it('every npm script that a page names is there', () => {
  const named = pages.flatMap((page) => {
    const text = readFileSync(join(packageRoot, page), 'utf8');
    return Array.from(text.matchAll(/\bnpm (?:run ([\w-]+)|(start|test)\b)/g), ([, run, own]) => `${page}: ${run ?? own}`);
  });
  expect(named).toContain('README.md: start');
  // `exec -- npm run train` is the reader's own.
  expect(named.filter((name) => !name.endsWith(': train') && !(name.split(': ')[1]! in scripts))).toEqual([]);
});

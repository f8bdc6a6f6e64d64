import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {getL10nJson} from '@vscode/l10n-dev';
import {describe, expect, it} from 'vitest';

const root = join(__dirname, '../../..');
const japanese = JSON.parse(readFileSync(join(root, 'l10n/bundle.l10n.ja.json'), 'utf8')) as Record<string, string>;

/** Every text that extension, server or pages give to `l10n.t`. */
async function textsOfCode(): Promise<string[]> {
  const files = ['src', 'webview'].flatMap((folder) => readdirSync(join(root, folder), {recursive: true, encoding: 'utf8'}).map((file) => join(root, folder, file)));
  const code = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).map((file) => ({extension: '.ts', contents: readFileSync(file, 'utf8')}));
  return Object.keys(await getL10nJson(code as Parameters<typeof getL10nJson>[0]));
}

describe('the Japanese bundle', () => {
  it('has every text of the code and none besides', async () => {
    const texts = await textsOfCode();
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((text) => japanese[text] === undefined), 'to be translated').toEqual([]);
    expect(Object.keys(japanese).filter((text) => !texts.includes(text)), 'no longer used').toEqual([]);
  });

  it('keeps the placeholders and icons of each text', () => {
    const marks = (text: string): string[] => [...new Set(text.match(/\{\d\}|\$\([a-z-]+\)/g))].sort();
    for (const [text, translation] of Object.entries(japanese)) expect(marks(translation), text).toEqual(marks(text));
  });

  it('is Japanese', () => {
    const same = Object.entries(japanese).filter(([text, translation]) => translation === text && /[a-z]{3}/.test(text.replace(/\{\d\}/g, '')));
    expect(same).toEqual([]);
  });
});

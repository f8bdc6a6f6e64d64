import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {readPipSettings} from '../../../src/runtime/pipSettings';

let home = '';

beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'singscope-pip-')); });
afterEach(() => { rmSync(home, {recursive: true, force: true}); });

/** Settings of a home folder with these files, apart from what this machine has for all users. */
function settingsWith(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): ReturnType<typeof readPipSettings> {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(home, name, '..'), {recursive: true});
    writeFileSync(join(home, name), text);
  }
  return readPipSettings({HOME: home, XDG_CONFIG_DIRS: '/no/such', ...env});
}

it('is the public index without settings', () => {
  expect(settingsWith({}, {PIP_CONFIG_FILE: '/dev/null'})).toEqual({indexUrls: ['https://pypi.org/simple'], cert: null, proxy: null});
});

it('reads the user’s file, the section of install over the global one', () => {
  const text = '# ours\n[global]\nindex-url = https://one.example/simple\nproxy: http://proxy.example:3128\n[install]\nindex_url=https://two.example/simple\nextra-index-url =\n    https://three.example/simple\n    https://four.example/simple\n[other]\nproxy = no\n';
  expect(settingsWith({'.config/pip/pip.conf': text})).toMatchObject({
    indexUrls: ['https://two.example/simple', 'https://three.example/simple', 'https://four.example/simple'], proxy: 'http://proxy.example:3128',
  });
});

it('lets the named file win over the user’s, and the environment over both', () => {
  const files = {'.pip/pip.conf': '[global]\nindex-url = https://old.example\ncert = /old.pem\n', 'named.conf': '[global]\nindex-url = https://named.example\n'};
  const env = {PIP_CONFIG_FILE: join(home, 'named.conf')};
  expect(settingsWith(files, env)).toMatchObject({indexUrls: ['https://named.example'], cert: '/old.pem'});
  expect(settingsWith(files, {...env, PIP_INDEX_URL: 'https://env.example', PIP_CERT: '/env.pem'})).toMatchObject({indexUrls: ['https://env.example'], cert: '/env.pem'});
});

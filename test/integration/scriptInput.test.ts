import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {packageRoot} from '../support/managedRuntime';

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-input-')); });
afterAll(() => { rmSync(folder, {recursive: true, force: true}); });

function draws(command: string[], input = ''): Record<string, unknown> {
  const {stdout} = spawnSync(process.execPath, [join(packageRoot, 'bin/singscope.js'), ...command], {input, encoding: 'utf8', cwd: folder});
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{"')) ?? '{}') as Record<string, unknown>;
}

const script = join(packageRoot, 'test/fixtures/scripts/draws.js');

test.each(['managed', 'embedded'])('one seed repeats all that tfjs draws (%s)', (runtime) => {
  const [first, second, other] = ['5', '5', '6'].map((seed) => draws(['run', script, '--runtime', runtime, '--seed', seed]));
  expect(Object.keys(first ?? {})).toHaveLength(9);
  expect(second).toEqual(first);
  for (const name of ['normal', 'gamma', 'multinomial', 'again', 'order']) expect(other?.[name], name).not.toEqual(first?.[name]);
  expect(first?.['again']).not.toEqual(first?.['multinomial']);
});

test('the script reads what is piped in', () => {
  expect(draws(['run', script, '--runtime', 'embedded'], 'a line\n')['stdin']).toBe('a line\n');
  expect(draws(['exec', '--runtime', 'embedded', '--', process.execPath, script], 'another\n')['stdin']).toBe('another\n');
});

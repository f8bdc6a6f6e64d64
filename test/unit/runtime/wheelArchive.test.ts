import {mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {WheelArchive} from '../../../src/runtime/wheelArchive';
import {writeWheel, writeZip} from '../../support/zipFile';

let folder = '';
const wheel = (): string => join(folder, 'a-1-py3-none-any.whl');

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-wheel-')); });
afterEach(() => { rmSync(folder, {recursive: true, force: true}); });

it('extracts a member and reads the metadata', async () => {
  writeWheel(wheel(), 'a-1.dist-info', {'a/lib.so': 'library', 'a-1.dist-info/METADATA': 'Name: a'});
  const archive = await WheelArchive.open(wheel());
  let bytes = 0;
  await archive.extract('a/lib.so', join(folder, 'deep', 'lib.so'), (count) => { bytes += count; });
  expect(readFileSync(join(folder, 'deep', 'lib.so'), 'utf8')).toBe('library');
  expect(bytes).toBe(7);
  expect(await archive.metadata('METADATA')).toBe('Name: a');
  archive.close();
});

it('refuses a member that is not what RECORD says', async () => {
  writeWheel(wheel(), 'a-1.dist-info', {'a/lib.so': 'library'});
  const bytes = readFileSync(wheel());
  bytes.write('LIBRARY', bytes.indexOf('library'));
  writeFileSync(wheel(), bytes);
  const archive = await WheelArchive.open(wheel());
  await expect(archive.extract('a/lib.so', join(folder, 'lib.so'), () => undefined)).rejects.toThrow(/damaged.*delete it and fetch it again/);
  archive.close();
});

it('refuses a truncated wheel, a file that is no zip and a zip that is no wheel', async () => {
  writeWheel(wheel(), 'a-1.dist-info', {'a/lib.so': Buffer.alloc(10_000)});
  truncateSync(wheel(), 5000);
  await expect(WheelArchive.open(wheel())).rejects.toThrow(/a-1-py3-none-any\.whl is damaged or not a wheel/);
  writeFileSync(wheel(), 'not a zip');
  await expect(WheelArchive.open(wheel())).rejects.toThrow(/damaged or not a wheel/);
  writeZip(wheel(), {'a/lib.so': 'library'});
  await expect(WheelArchive.open(wheel())).rejects.toThrow(/it has no RECORD/);
});

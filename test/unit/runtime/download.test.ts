import {randomBytes} from 'node:crypto';
import {existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {downloadFile} from '../../../src/runtime/download';
import {HttpClient} from '../../../src/runtime/httpClient';
import {type IndexFile, findWheel} from '../../../src/runtime/packageIndex';
import {type WheelServer, serveWheels} from '../../support/wheelServer';

const fileName = 'thing-1.0-cp310-cp310-manylinux_2_27_x86_64.whl';
const content = randomBytes(300_000);
const wanted = {project: 'thing', conditions: [{operator: '==', version: '1.0'}]};
const client = new HttpClient({indexUrls: [], cert: null, proxy: null}, {});

let folder = '';
let server: WheelServer;

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'singscope-download-')); });
afterEach(async () => {
  await server.close();
  rmSync(folder, {recursive: true, force: true});
});

async function found(): Promise<IndexFile> {
  return findWheel(client, [server.indexUrl], wanted, 36);
}

/** Waits until so many bytes of the wheel are on the disk, or the download is over. */
async function onDisk(bytes: number): Promise<void> {
  const part = join(folder, `${fileName}.part`);
  while (existsSync(folder) && (statSync(part, {throwIfNoEntry: false})?.size ?? 0) < bytes) await sleep(5);
}

function downloads(): (string | undefined)[] {
  return server.requests.filter(({path}) => path.startsWith('/files/')).map(({range}) => range);
}

describe('downloading a wheel', () => {
  for (const form of ['json', 'html'] as const) {
    it(`finds it in an index in ${form} and tells the bytes`, async () => {
      server = await serveWheels('thing', [{fileName, content}], form);
      const seen: [number, number | null][] = [];
      await downloadFile(client, await found(), join(folder, fileName), (done, total) => { seen.push([done, total]); });
      expect(readFileSync(join(folder, fileName)).equals(content)).toBe(true);
      expect(seen.at(-1)).toEqual([content.length, content.length]);
    });
  }

  it('goes on where a dropped connection left it', async () => {
    server = await serveWheels('thing', [{fileName, content}]);
    server.breakAfter = [100_000, 50_000];
    server.arrived = onDisk;
    await downloadFile(client, await found(), join(folder, fileName), () => undefined);
    expect(readFileSync(join(folder, fileName)).equals(content)).toBe(true);
    expect(downloads()).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  it('goes on where an earlier process left it', async () => {
    server = await serveWheels('thing', [{fileName, content}]);
    writeFileSync(join(folder, `${fileName}.part`), content.subarray(0, 123_456));
    await downloadFile(client, await found(), join(folder, fileName), () => undefined);
    expect(readFileSync(join(folder, fileName)).equals(content)).toBe(true);
    expect(downloads()).toEqual(['bytes=123456-']);
  });

  it('starts again where the server knows no ranges', async () => {
    server = await serveWheels('thing', [{fileName, content}], 'json', false);
    writeFileSync(join(folder, `${fileName}.part`), content.subarray(0, 1000));
    await downloadFile(client, await found(), join(folder, fileName), () => undefined);
    expect(readFileSync(join(folder, fileName)).equals(content)).toBe(true);
  });

  it('keeps nothing of a file with another digest', async () => {
    server = await serveWheels('thing', [{fileName, content, sha256: '0'.repeat(64)}]);
    await expect(downloadFile(client, await found(), join(folder, fileName), () => undefined)).rejects.toThrow(/arrived damaged.*run the command again/);
    expect(existsSync(join(folder, fileName))).toBe(false);
    expect(existsSync(join(folder, `${fileName}.part`))).toBe(false);
  });

  it('gives up on a server that only drops, keeping what has arrived', async () => {
    server = await serveWheels('thing', [{fileName, content}]);
    server.breakAfter = [70_000, ...Array.from({length: 20}, () => 0)];
    server.arrived = onDisk;
    await expect(downloadFile(client, await found(), join(folder, fileName), () => undefined)).rejects.toThrow(/can't be downloaded from 127\.0\.0\.1.*goes on where it stopped/);
    expect(readFileSync(join(folder, `${fileName}.part`)).equals(content.subarray(0, 70_000))).toBe(true);
  });

  it('ends at once when it is told to', async () => {
    server = await serveWheels('thing', [{fileName, content}]);
    server.stallAfter = 70_000;
    const file = await found();
    const abort = new AbortController();
    const download = downloadFile(client, file, join(folder, fileName), (done) => { if (done >= 70_000) abort.abort(); }, abort.signal);
    await expect(download).rejects.toThrow(/abort/i);
    expect(existsSync(join(folder, `${fileName}.part`))).toBe(true);
  });
});

describe('choosing a wheel', () => {
  it('takes the newest that fits the requirement and this Linux', async () => {
    const names = [
      'thing-1.9-py3-none-manylinux2014_x86_64.whl', 'thing-1.10-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl', 'thing-1.11-py3-none-win_amd64.whl',
      'thing-1.12-py3-none-manylinux_2_99_x86_64.whl', 'thing-1.13-py3-none-manylinux_2_17_aarch64.whl', 'thing-1.14rc1-py3-none-manylinux2014_x86_64.whl',
      'thing-2.0-py3-none-manylinux2014_x86_64.whl', 'thing-1.10.tar.gz',
    ];
    server = await serveWheels('thing', [...names.map((name) => ({fileName: name, content})), {fileName: 'thing-1.10.5-py3-none-manylinux2014_x86_64.whl', content, yanked: true}], 'html');
    const wheel = await findWheel(client, [server.indexUrl], {project: 'thing', conditions: [{operator: '<', version: '2.0'}, {operator: '>=', version: '1.2'}]}, 36);
    expect(wheel.fileName).toBe('thing-1.10-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl');
  });

  it('asks the next index where the first has none, and says what each answered', async () => {
    server = await serveWheels('other', [{fileName, content}]);
    const dead = 'http://127.0.0.1:1/simple';
    await expect(findWheel(client, [dead, server.indexUrl], wanted, 36)).rejects.toThrow(/No wheel of thing==1\.0.*127\.0\.0\.1:1: .*ECONNREFUSED.*has no such wheel.*--from DIR/);
  });

  it('gives the credentials in the address of an index to its host', async () => {
    server = await serveWheels('thing', [{fileName, content}]);
    await findWheel(client, [server.indexUrl.replace('//', '//user:p%40ss@')], wanted, 36);
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('goes through the proxy that the environment names, but for excluded hosts', async () => {
    server = await serveWheels('thing', [{fileName, content}]);
    const proxied = new HttpClient({indexUrls: [], cert: null, proxy: null}, {http_proxy: 'http://127.0.0.1:1'});
    await expect(findWheel(proxied, [server.indexUrl], wanted, 36)).rejects.toThrow(/ECONNREFUSED/);
    const excluded = new HttpClient({indexUrls: [], cert: null, proxy: null}, {http_proxy: 'http://127.0.0.1:1', NO_PROXY: 'example.org,127.0.0.1'});
    expect((await findWheel(excluded, [server.indexUrl], wanted, 36)).fileName).toBe(fileName);
    // A plain HTTP proxy is asked for the whole address.
    const {host} = new URL(server.indexUrl);
    const through = new HttpClient({indexUrls: [], cert: null, proxy: `http://${host}`}, {});
    await expect(findWheel(through, ['http://index.invalid/simple'], wanted, 36)).rejects.toThrow(/has no such wheel/);
    expect(server.requests.at(-1)?.path).toBe('http://index.invalid/simple/thing/');
  });
});

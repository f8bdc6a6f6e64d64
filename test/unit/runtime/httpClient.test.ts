import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {type AddressInfo, type Socket, connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {HttpClient} from '../../../src/runtime/httpClient';
import {testCertificate, testKey} from './testCertificate';

const index = new URL('https://index.test/simple/thing/');

let folder = '';
let secure: https.Server;
let proxy: http.Server;
let asked: {target: string | undefined; authorization: string | undefined}[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'singscope-http-'));
  asked = [];
  secure = https.createServer({cert: testCertificate, key: testKey}, (request, response) => { response.end(`secret of ${request.headers.host ?? ''}`); });
  await new Promise<void>((resolve) => { secure.listen(0, '127.0.0.1', resolve); });
  // A proxy as companies have them: it connects to a host that this machine can't resolve.
  proxy = http.createServer();
  proxy.on('connect', (request: http.IncomingMessage, client: Socket) => {
    asked.push({target: request.url, authorization: request.headers['proxy-authorization']});
    if (request.url !== 'index.test:443') {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const upstream = connect((secure.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    sockets.push(client, upstream);
  });
  await new Promise<void>((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  secure.close();
  proxy.close();
  rmSync(folder, {recursive: true, force: true});
});

function proxyUrl(user = ''): string {
  return `http://${user}127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

async function textOf(client: HttpClient, url: URL): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of (await client.get(url, {})).body) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

describe('reaching the package index', () => {
  it('goes through a proxy with credentials, trusting the certificates of pip’s settings', async () => {
    const cert = join(folder, 'ca.pem');
    writeFileSync(cert, testCertificate);
    const client = new HttpClient({indexUrls: [], cert, proxy: null}, {HTTPS_PROXY: proxyUrl('me:pa%20ss@')});
    expect(await textOf(client, index)).toBe('secret of index.test');
    expect(asked).toEqual([{target: 'index.test:443', authorization: `Basic ${Buffer.from('me:pa ss').toString('base64')}`}]);
  });

  it('does not trust a certificate that nobody named', async () => {
    const client = new HttpClient({indexUrls: [], cert: null, proxy: proxyUrl()}, {});
    await expect(textOf(client, index)).rejects.toThrow(/self-signed/);
  });

  it('says so when the proxy refuses, and when the certificates can’t be read', async () => {
    const client = new HttpClient({indexUrls: [], cert: null, proxy: proxyUrl()}, {});
    await expect(textOf(client, new URL('https://other.test/'))).rejects.toThrow(/the proxy 127\.0\.0\.1:\d+ answers 403/);
    expect(() => new HttpClient({indexUrls: [], cert: '/no/such.pem', proxy: null}, {})).toThrow(/correct PIP_CERT/);
  });
});

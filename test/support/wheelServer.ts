import {createHash} from 'node:crypto';
import http from 'node:http';
import type {AddressInfo} from 'node:net';

export interface ServedFile {
  fileName: string;
  content: Buffer;
  /** Digest that the index tells; null: none. Left out: the right one. */
  sha256?: string | null;
  yanked?: boolean;
}

export interface WheelServer {
  indexUrl: string;
  /** Requests so far: path and Range header. */
  requests: {path: string; range: string | undefined; authorization: string | undefined}[];
  /** The next downloads break off after so many bytes each. */
  breakAfter: number[];
  /** Resolves when a reader has so many bytes of a file: what it has not read when a connection breaks is lost. */
  arrived: (bytes: number) => Promise<void>;
  /** Downloads stand still after so many bytes, until their reader goes away; null: none does. */
  stallAfter: number | null;
  close(): Promise<void>;
}

/** A package index on this machine, in the JSON form (PEP 691) or as HTML (PEP 503). */
export async function serveWheels(project: string, files: ServedFile[], form: 'json' | 'html' = 'json', ranges = true): Promise<WheelServer> {
  const served: WheelServer = {indexUrl: '', requests: [], breakAfter: [], arrived: () => Promise.resolve(), stallAfter: null, close: () => Promise.resolve()};
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    served.requests.push({path, range: request.headers.range, authorization: request.headers.authorization});
    if (path === `/simple/${project}/`) {
      response.setHeader('content-type', form === 'json' ? 'application/vnd.pypi.simple.v1+json' : 'text/html');
      response.end(form === 'json' ? jsonPage(files) : htmlPage(files));
      return;
    }
    const file = files.find(({fileName}) => path === `/files/${fileName}`);
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    const from = ranges ? Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0) : 0;
    if (from > 0 && from >= file.content.length) {
      response.writeHead(416).end();
      return;
    }
    const body = file.content.subarray(from);
    const range = from > 0 ? {'content-range': `bytes ${from}-${file.content.length - 1}/${file.content.length}`} : {};
    response.writeHead(from > 0 ? 206 : 200, {'content-length': body.length, ...range});
    if (served.stallAfter !== null) {
      response.write(body.subarray(0, served.stallAfter));
      return;
    }
    const limit = served.breakAfter.shift();
    if (limit === undefined) response.end(body);
    else {
      response.write(body.subarray(0, limit));
      void served.arrived(from + limit).then(() => response.socket?.destroy());
    }
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  served.indexUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  served.close = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(() => { resolve(); });
  });
  return served;
}

function digestOf(file: ServedFile): string | null {
  return file.sha256 === undefined ? createHash('sha256').update(file.content).digest('hex') : file.sha256;
}

function jsonPage(files: ServedFile[]): string {
  return JSON.stringify({meta: {'api-version': '1.1'}, files: files.map((file) => {
    const digest = digestOf(file);
    return {filename: file.fileName, url: `../../files/${file.fileName}`, hashes: digest === null ? {} : {sha256: digest}, yanked: file.yanked ?? false};
  })});
}

function htmlPage(files: ServedFile[]): string {
  const anchors = files.map((file) => {
    const digest = digestOf(file);
    return `<a href="../../files/${file.fileName}${digest === null ? '' : `#sha256=${digest}`}"${file.yanked ? ' data-yanked=""' : ''} data-requires-python="&gt;=3.9">${file.fileName}</a><br>`;
  });
  return `<!DOCTYPE html><html><body>${anchors.join('\n')}</body></html>`;
}

import {readFileSync} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type {Socket} from 'node:net';
import tls from 'node:tls';
import {messageOf} from '../platform/failure';
import type {PipSettings} from './pipSettings';
import {RuntimeError} from './runtimeError';

const MOST_REDIRECTS = 10;
/** A server that says nothing for so long has gone. */
const SILENCE_MS = 60_000;

/** An answer whose body has not been read. */
export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Where the answer came from, after redirects. */
  url: URL;
  body: http.IncomingMessage;
}

/** Reaches the package index as pip would: its certificates, its proxy, credentials in the address. */
export class HttpClient {
  private readonly authorities: string[] | undefined;

  constructor(private readonly settings: PipSettings, private readonly env: NodeJS.ProcessEnv = process.env) {
    if (settings.cert === null) return;
    try {
      this.authorities = [...tls.rootCertificates, readFileSync(settings.cert, 'utf8')];
    } catch (error) {
      throw new RuntimeError(`The certificates of pip's settings can't be read (${messageOf(error)}): correct PIP_CERT or "cert" in pip.conf.`);
    }
  }

  /**
   * Starts a GET and follows redirects.
   * @throws what the network says; the body may end in an error too
   */
  async get(url: URL, headers: Record<string, string>, signal?: AbortSignal): Promise<HttpAnswer> {
    let at = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const body = await this.request(at, {...headers, ...credentials(at, url)}, signal);
      const status = body.statusCode ?? 0;
      const location = body.headers.location;
      if (status < 300 || status >= 400 || location === undefined) return {status, headers: body.headers, url: at, body};
      body.resume();
      at = new URL(location, at);
    }
    throw new Error(`${url.host} redirects too often`);
  }

  private async request(url: URL, headers: Record<string, string>, signal?: AbortSignal): Promise<http.IncomingMessage> {
    const secure = url.protocol === 'https:';
    if (!secure && url.protocol !== 'http:') throw new Error(`${url.protocol}// addresses are not supported`);
    const options: https.RequestOptions = {
      method: 'GET', headers: {'user-agent': 'singscope', ...headers}, ...(signal && {signal}), ...(this.authorities && {ca: this.authorities}),
    };
    const proxy = this.proxyFor(url);
    if (proxy === null) return this.send(() => (secure ? https : http).request(url, options));
    if (!secure) {
      const via = {...options, host: proxy.hostname, port: proxy.port || 80, path: url.href};
      via.headers = {...options.headers, host: url.host, ...proxyCredentials(proxy)};
      return this.send(() => http.request(via));
    }
    const tunnel = await this.tunnel(proxy, url, signal);
    const connection = {...(this.authorities && {ca: this.authorities}), socket: tunnel, servername: url.hostname};
    return this.send(() => https.request(url, {...options, defaultPort: 443, createConnection: () => tls.connect(connection)}));
  }

  private send(start: () => http.ClientRequest): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = withTimeout(start());
      request.on('response', resolve).on('error', reject).end();
    });
  }

  private tunnel(proxy: URL, target: URL, signal?: AbortSignal): Promise<Socket> {
    const host = `${target.hostname}:${target.port || 443}`;
    return new Promise((resolve, reject) => {
      const request = withTimeout((proxy.protocol === 'https:' ? https : http).request({
        host: proxy.hostname, port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80), method: 'CONNECT', path: host,
        headers: {host, ...proxyCredentials(proxy)}, ...(signal && {signal}),
      }));
      request.on('connect', (answer: http.IncomingMessage, socket: Socket) => {
        if (answer.statusCode === 200) resolve(socket);
        else reject(new Error(`the proxy ${proxy.host} answers ${String(answer.statusCode)}`));
      });
      request.on('error', reject).end();
    });
  }

  private proxyFor(url: URL): URL | null {
    const {env, settings} = this;
    const scheme = url.protocol.slice(0, -1);
    const named = settings.proxy ?? lookUp(env, `${scheme}_proxy`) ?? lookUp(env, 'all_proxy');
    if (!named || excluded(url.hostname, lookUp(env, 'no_proxy') ?? '')) return null;
    return new URL(named.includes('://') ? named : `http://${named}`);
  }
}

function withTimeout(request: http.ClientRequest): http.ClientRequest {
  return request.setTimeout(SILENCE_MS, () => request.destroy(new Error(`no answer for ${SILENCE_MS / 1000} s`)));
}

function lookUp(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

function excluded(host: string, list: string): boolean {
  return list.split(',').map((entry) => entry.trim().replace(/^\*?\./, '').replace(/:\d+$/, '')).some((entry) =>
    entry === '*' || (entry !== '' && (host === entry || host.endsWith(`.${entry}`))));
}

/** Credentials in the address of the index are for its host alone, not for where it redirects to. */
function credentials(at: URL, first: URL): Record<string, string> {
  const holder = at.username ? at : at.host === first.host ? first : null;
  return holder?.username ? {authorization: basic(holder)} : {};
}

function proxyCredentials(proxy: URL): Record<string, string> {
  return proxy.username ? {'proxy-authorization': basic(proxy)} : {};
}

function basic(url: URL): string {
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

// The panel's page in a plain browser, fed with a recorded (or running) run by the extension's own feed:
//   node scripts/panelPreview.mjs STORE RUN            one run
//   node scripts/panelPreview.mjs STORE RUN RUN        two runs
//   node scripts/panelPreview.mjs STORE --trial TRIAL  a trial
// Add ?theme=light, high-contrast or high-contrast-light to the address. Build first: npm run build.
import {createServer} from 'node:http';
import {readFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = {
  '/panel.js': ['text/javascript', join(root, 'dist/webview/panel.js')],
  '/panel.css': ['text/css', join(root, 'dist/webview/panel.css')],
  '/themes.css': ['text/css', join(root, 'scripts/panelPreview.css')],
  '/bridge.js': ['text/javascript', join(root, 'scripts/panelPreviewBridge.js')],
};
/** As strict as the one in the editor, but for what the bridge needs. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/**
 * Serves the page. One page at a time is fed.
 * @param options `subject` as in src/protocol/panel.ts; `strings` English text to translation, or null
 * @returns the address, the messages that the page has posted, a way to send it a message, and an end
 */
export async function startPreview({subject, locale = 'en', strings = null, port = 0}) {
  const posted = [];
  let feed = null;
  let page = null;
  const send = (message) => page?.write(`data: ${JSON.stringify(encode(message))}\n\n`);
  const receive = (message) => {
    posted.push(message);
    if (message.type === 'ready') {
      send({type: 'start', locale, strings});
      feed?.postMessage({type: 'show'});
    } else if (message.type === 'view' || message.type === 'drawn') feed?.postMessage(message);
  };
  const endFeed = () => {
    void feed?.terminate();
    feed = null;
  };
  const server = createServer((request, response) => {
    const {pathname, searchParams} = new URL(request.url ?? '/', 'http://localhost');
    const file = files[pathname];
    if (file) {
      response.writeHead(200, {'content-type': file[0], 'cache-control': 'no-store'}).end(readFileSync(file[1]));
    } else if (pathname === '/messages' && request.method === 'POST') {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => { body += text; }).on('end', () => {
        receive(JSON.parse(body));
        response.writeHead(204).end();
      });
    } else if (pathname === '/messages') {
      response.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store'}).write(': open\n\n');
      endFeed();
      page = response;
      feed = new Worker(join(root, 'dist/panelFeed.cjs'), {workerData: {subject, locale, strings}});
      feed.on('message', (messages) => { for (const message of messages) send(message); });
      feed.on('error', (error) => { console.error(error); });
    } else if (pathname === '/') {
      const theme = /^[a-z-]+$/.exec(searchParams.get('theme') ?? 'dark')?.[0] ?? 'dark';
      response.writeHead(200, {'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy}).end(pageText(locale, theme));
    } else response.writeHead(404).end();
  });
  await new Promise((done) => { server.listen(port, '127.0.0.1', done); });
  return {
    url: `http://127.0.0.1:${server.address().port}/`, posted, send,
    stop: () => {
      endFeed();
      server.closeAllConnections();
      server.close();
    },
  };
}

function pageText(locale, theme) {
  return `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/themes.css"><link rel="stylesheet" href="/panel.css"><title>SINGscope</title></head>
<body class="vscode-${theme}"><script src="/bridge.js"></script><script src="/panel.js"></script></body></html>`;
}

/** JSON knows no typed arrays: they go as their kind and their bytes. */
function encode(value) {
  if (ArrayBuffer.isView(value)) return {typed: value.constructor.name, bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')};
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
  return value;
}

function subjectOf([store = '.singscope', first, second]) {
  const path = resolve(store);
  if (first === undefined) throw new Error('usage: node scripts/panelPreview.mjs STORE RUN [RUN] | STORE --trial TRIAL');
  if (first === '--trial') return {kind: 'trial', store: path, trial: second};
  return second === undefined ? {kind: 'run', store: path, run: first} : {kind: 'pair', store: path, runs: [first, second]};
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {url} = await startPreview({subject: subjectOf(process.argv.slice(2)), port: Number(process.env.PORT ?? 0)});
  console.log(`The panel: ${url} (?theme=dark, light, high-contrast, high-contrast-light). Ctrl-C ends it.`);
}

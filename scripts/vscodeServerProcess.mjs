// One VS Code server on a free port of this machine, reachable from this machine only.
import {spawn} from 'node:child_process';
import {createServer} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

const START_MS = 120_000;
const STOP_MS = 5_000;
const LOWEST_PORT = 20_000;
const PORTS = 12_000;

/**
 * Starts a VS Code server and waits until it answers.
 * @param server what ensureVscodeServer found
 * @param dataDir folder for everything it keeps: settings, extensions, logs
 * @param options.port 0 or left out: any free port
 * @param options.workspaceTrust false: every folder counts as trusted
 * @param options.env what is added to the environment of server and extension host
 * @throws Error with the server's output when it does not come up within two minutes
 */
export async function startVscodeServer(server, dataDir, {port = 0, workspaceTrust = false, env = {}} = {}) {
  const chosen = port === 0 ? await freePort() : port;
  const args = [
    server.serverMain, '--host', '127.0.0.1', '--port', String(chosen), '--without-connection-token', '--accept-server-license-terms',
    '--server-data-dir', dataDir, '--disable-telemetry', ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
  ];
  const child = spawn(server.node, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, NODE_OPTIONS: '', ...env}});
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { output = `${output}${text}`.slice(-20_000); });
  const exited = new Promise((resolve) => { child.on('close', resolve); child.on('error', resolve); });
  const origin = `http://127.0.0.1:${chosen}`;
  await answering(origin, child, () => output);
  return {
    origin,
    port: chosen,
    pid: child.pid,
    /** What the server has printed lately. */
    output: () => output,
    /** Ends the server and, with it, its extension hosts. */
    async stop() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(killer);
    },
    exited,
  };
}

/**
 * Address of a window.
 * @param origin of the server
 * @param target {folder} or {workspace}: absolute path of a folder or of a .code-workspace file; neither: an empty window
 */
export function windowAddress(origin, {folder, workspace} = {}) {
  const address = new URL(origin);
  if (folder !== undefined) address.searchParams.set('folder', folder);
  if (workspace !== undefined) address.searchParams.set('workspace', workspace);
  return address.href;
}

async function answering(origin, child, output) {
  const end = Date.now() + START_MS;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    try {
      if ((await fetch(`${origin}/version`)).ok) return;
    } catch {
      // Not up yet.
    }
    await sleep(50);
  }
  child.kill('SIGKILL');
  throw new Error(`The VS Code server does not answer at ${origin}:\n${output().trim()}`);
}

/** One below those that systems give to whoever connects or asks for any: such a one may be taken before the server listens, or is back. */
async function freePort() {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => { probe.close(() => resolve(true)); });
  });
}

import {randomBytes, timingSafeEqual} from 'node:crypto';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type Server, type Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as v from 'valibot';
import {controlRequestSchema, type ControlReply, type ControlRequest} from '../protocol/control';
import type {RunEvent} from '../protocol/events';
import {runFiles, type ControlAddress} from '../protocol/runFolder';
import type {ControlWord} from './controlWord';

const MAX_LINE = 1 << 16;

/**
 * Takes control requests for one run, over a socket in a directory that only its owner can enter.
 * Token and address stand in the run folder's control file, which only its owner can read.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #dir: string;

  private constructor(server: Server, dir: string, readonly socketPath: string) {
    this.#server = server;
    this.#dir = dir;
  }

  static async listen(runDir: string, control: ControlWord, record: (event: RunEvent) => void): Promise<ControlServer> {
    const token = randomBytes(24).toString('base64url');
    // Not in the run folder: a socket's path may have only some hundred bytes.
    const dir = mkdtempSync(join(tmpdir(), 'singscope-'));
    chmodSync(dir, 0o700);
    const path = process.platform === 'win32' ? `\\\\.\\pipe\\singscope-${randomBytes(12).toString('hex')}` : join(dir, 'control');
    const server = createServer((socket) => { serve(socket, token, control, record); });
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
    } catch (error) {
      rmSync(dir, {recursive: true, force: true});
      throw error;
    }
    server.unref();
    const address: ControlAddress = {socket: path, token, pid: process.pid};
    mkdirSync(runDir, {recursive: true});
    writeFileSync(join(runDir, runFiles.control), JSON.stringify(address), {mode: 0o600});
    return new ControlServer(server, dir, path);
  }

  close(): void {
    this.#server.close();
    rmSync(this.#dir, {recursive: true, force: true});
  }
}

function serve(socket: Socket, token: string, control: ControlWord, record: (event: RunEvent) => void): void {
  let pending = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    pending += chunk;
    if (pending.length > MAX_LINE) return socket.destroy();
    let end: number;
    while ((end = pending.indexOf('\n')) >= 0) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      socket.write(`${JSON.stringify(answer(line, token, control, record))}\n`);
    }
  });
}

function answer(line: string, token: string, control: ControlWord, record: (event: RunEvent) => void): ControlReply {
  const refuse = (error: string): ControlReply => ({ok: false, step: control.steps, error});
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse('a request is one line of JSON');
  }
  const parsed = v.safeParse(controlRequestSchema, value);
  if (!parsed.success) return refuse(`not a control request: ${v.summarize(parsed.issues).split('\n')[0] ?? ''}`);
  if (!sameToken(parsed.output.token, token)) return refuse('the token is not this run\'s: read it from the run folder');
  return obey(parsed.output, control, record, refuse);
}

function obey(request: ControlRequest, control: ControlWord, record: (event: RunEvent) => void, refuse: (error: string) => ControlReply): ControlReply {
  if (request.type === 'set') {
    const now = control.settings();
    if (now === null) return refuse('the settings are changing just now: try again');
    if (request.sing.mode === 'full' && control.refusesFull) return refuse('full SING takes the place of an Adam-family optimizer (tf.train.adam, tf.train.adamax), and this run trains with another: use --sing on');
    const settings = {...now, ...request.sing};
    try {
      control.publish(settings);
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error));
    }
    record({type: 'sing', step: control.steps, settings});
  } else if (request.type === 'stop' && control.requestStop()) {
    record({type: 'stop', step: control.steps, by: 'request'});
  }
  return {ok: true, step: control.steps};
}

function sameToken(given: string, token: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(token);
  return a.length === b.length && timingSafeEqual(a, b);
}

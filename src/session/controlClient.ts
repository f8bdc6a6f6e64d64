import {readFile, rm} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import * as v from 'valibot';
import {controlReplySchema, type ControlReply, type ControlRequest} from '../protocol/control';
import {controlAddressSchema, runFiles, type ControlAddress} from '../protocol/runFolder';

type WithoutToken<T> = T extends unknown ? Omit<T, 'token'> : never;

/** A request as callers write it: the token is added from the run folder. */
export type ControlMessage = WithoutToken<ControlRequest>;

/** A recorder answers between two writes, and a busy disk may keep it in one for seconds. */
const PATIENCE_MS = 10_000;
const LONGEST_REPLY = 65_536;

/** Address of the recorder of a run; null when it never opened one. */
export async function readControlAddress(runDir: string): Promise<ControlAddress | null> {
  try {
    return v.parse(controlAddressSchema, JSON.parse(await readFile(join(runDir, runFiles.control), 'utf8')));
  } catch {
    return null;
  }
}

/**
 * Removes the directory of a recorder's socket that a killed process has left behind. The address
 * comes from a file: only what can be such a directory is touched.
 */
export async function sweepControlDir(runDir: string): Promise<void> {
  const dir = dirname((await readControlAddress(runDir))?.socket ?? '');
  if (dirname(dir) !== tmpdir() || !basename(dir).startsWith('singscope-')) return;
  await rm(dir, {recursive: true, force: true}).catch(() => undefined);
}

/** Sends one request to the recorder of a run; null when nobody answers within ten seconds. */
export async function askRecorder(runDir: string, message: ControlMessage): Promise<ControlReply | null> {
  const address = await readControlAddress(runDir);
  if (address === null) return null;
  return new Promise((resolve) => {
    const socket = connect(address.socket);
    let text = '';
    const finish = (reply: ControlReply | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reply);
    };
    const timer = setTimeout(() => finish(null), PATIENCE_MS);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify({...message, token: address.token})}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) finish(parseReply(text.slice(0, end)));
      else if (text.length > LONGEST_REPLY) finish(null);
    });
    socket.on('error', () => finish(null));
    socket.on('close', () => finish(null));
  });
}

function parseReply(line: string): ControlReply | null {
  try {
    return v.parse(controlReplySchema, JSON.parse(line));
  } catch {
    return null;
  }
}

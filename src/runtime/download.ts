import {createReadStream, existsSync, renameSync, rmSync, statSync} from 'node:fs';
import {createHash} from 'node:crypto';
import {open} from 'node:fs/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {messageOf} from '../platform/failure';
import type {HttpAnswer, HttpClient} from './httpClient';
import type {IndexFile} from './packageIndex';
import {RuntimeError} from './runtimeError';

const MOST_FRUITLESS_TRIES = 5;

/** Bytes that are there, and how many there will be; null while that isn't known. */
export type BytesProgress = (done: number, total: number | null) => void;

/**
 * Downloads a file, going on where an earlier try ended (its part lies beside `path`), and checks it
 * against the digest of the index.
 * @returns the SHA-256 of the file, in hex
 * @throws RuntimeError when the server can't be reached (what has arrived is kept) or the digest is
 * another (nothing is kept)
 */
export async function downloadFile(client: HttpClient, file: IndexFile, path: string, onBytes: BytesProgress, signal?: AbortSignal): Promise<string> {
  const part = `${path}.part`;
  if (!existsSync(path)) {
    await fetchPart(client, file, part, onBytes, signal);
    renameSync(part, path);
  }
  const sha256 = await sha256Of(path, signal);
  if (file.sha256 !== null && sha256 !== file.sha256) {
    rmSync(path, {force: true});
    throw new RuntimeError(`${file.fileName} from ${file.url.host} arrived damaged (its SHA-256 is not the one of the package index) and was thrown away: run the command again; if it happens twice, a proxy or mirror alters it.`);
  }
  return sha256;
}

export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, {highWaterMark: 1 << 20})) {
    signal?.throwIfAborted();
    hash.update(part as Buffer);
  }
  return hash.digest('hex');
}

async function fetchPart(client: HttpClient, file: IndexFile, part: string, onBytes: BytesProgress, signal?: AbortSignal): Promise<void> {
  let fruitless = 0;
  for (;;) {
    const before = sizeOf(part);
    try {
      if (await append(client, file, part, before, onBytes, signal)) return;
    } catch (error) {
      signal?.throwIfAborted();
      // A connection that drops now and then still gets there; one that brings nothing doesn't.
      fruitless = sizeOf(part) > before ? 0 : fruitless + 1;
      if (error instanceof RuntimeError || fruitless >= MOST_FRUITLESS_TRIES) {
        throw new RuntimeError(`${file.fileName} can't be downloaded from ${file.url.host} (${messageOf(error)}): check the network and pip's proxy settings and run the command again; it goes on where it stopped.`);
      }
      await sleep(fruitless * 500, undefined, signal && {signal});
    }
  }
}

/** One request for what is missing. Returns whether all is there. */
async function append(client: HttpClient, file: IndexFile, part: string, from: number, onBytes: BytesProgress, signal?: AbortSignal): Promise<boolean> {
  const range: Record<string, string> = from > 0 ? {range: `bytes=${from}-`} : {};
  const answer = await client.get(file.url, range, signal);
  // All of it was there already, or the part is longer than the file: the digest will tell.
  if (answer.status === 416 && from > 0) {
    answer.body.resume();
    return true;
  }
  if (answer.status !== 200 && answer.status !== 206) {
    answer.body.resume();
    throw new RuntimeError(`it answers ${answer.status}`);
  }
  const start = startOf(answer, from);
  const length = answer.headers['content-length'];
  const total = length === undefined ? null : start + Number(length);
  const handle = await open(part, start === 0 ? 'w' : 'a');
  try {
    let done = start;
    onBytes(done, total);
    for await (const bytes of answer.body as AsyncIterable<Buffer>) {
      await handle.write(bytes);
      done += bytes.length;
      onBytes(done, total);
    }
    if (total !== null && done < total) throw new Error('the connection ended early');
  } finally {
    await handle.close();
  }
  return true;
}

/** Where the body of the answer belongs: a server that ignores ranges sends all of it again. */
function startOf(answer: HttpAnswer, from: number): number {
  if (answer.status === 200) return 0;
  const start = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '')?.[1];
  if (start !== String(from)) throw new Error('it sends another part than the one asked for');
  return from;
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

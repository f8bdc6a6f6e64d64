import {fstatSync, statSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {runFiles} from '../protocol/runFolder';
import type {WorkerOptions} from '../protocol/workerOptions';

interface FileStream {
  _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void;
}

/**
 * The script's output goes to a file of the store. Where that is full, a write would throw into the
 * script, which would not have happened on a terminal: so what the file does not take is dropped.
 * Output that the user sent to a file of their own is left as it is.
 */
export function guardOutput(options: WorkerOptions): void {
  const folders = [
    options.runDir,
    options.parent === null ? null : join(options.store, 'runs', options.parent),
    join(options.store, 'sessions', options.session),
  ].filter((folder) => folder !== null);
  for (const [fd, name] of [[1, 'stdout'], [2, 'stderr']] as const) {
    if (folders.some((folder) => isFile(fd, join(folder, runFiles[name])))) guard(name, fd);
  }
}

/** A line to the user that may get lost, but never throws. */
export function tellUser(text: string): void {
  try {
    writeSync(2, `singscope: ${text}\n`);
  } catch {
    return;
  }
}

function guard(name: 'stdout' | 'stderr', fd: number): void {
  const stream = process[name] as unknown as FileStream;
  stream._write = (chunk, encoding, done) => {
    try {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    } catch {
      // Dropped: see above.
    }
    done();
  };
}

function isFile(fd: number, path: string): boolean {
  try {
    const [open, named] = [fstatSync(fd), statSync(path)];
    return open.ino === named.ino && open.dev === named.dev;
  } catch {
    return false;
  }
}

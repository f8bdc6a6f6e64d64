import {closeSync, fstatSync, openSync, readSync} from 'node:fs';

export interface FileRange {
  bytes: Uint8Array;
  /** Of the whole file. */
  size: number;
  /** Tells the file from one that takes its place: a number alone is given again. */
  identity: string;
}

/** Reads `length` bytes at most from `offset` of a file that another thread may be appending; null where there is no file. */
export function readFileRange(path: string, offset: number, length: number): FileRange | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const {size, ino, birthtimeMs} = fstatSync(file);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(file, bytes, filled, bytes.length - filled, offset + filled);
      if (got === 0) break;
      filled += got;
    }
    return {bytes: bytes.subarray(0, filled), size, identity: `${ino} ${birthtimeMs}`};
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {writeFileAtomic} from '../platform/atomicFile';
import type {RunEventOf} from '../protocol/events';
import {runFiles} from '../protocol/runFolder';

const MOST_FILES = 100;
const MOST_BYTES = 1e6;
const NAME_LENGTH = 16;

/**
 * Keeps the text of the user's files as they were when the run began, so that a call site can be
 * followed through what is edited afterwards.
 */
export class SourceSnapshots {
  readonly #dir: string;
  readonly #files = new Set<string>();

  /** @param dir folder of the run */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Stores a file, once. @returns what to record; null where it is stored already, too large or can't be read or written */
  take(file: string): RunEventOf<'source'> | null {
    if (this.#files.has(file) || this.#files.size >= MOST_FILES) return null;
    this.#files.add(file);
    try {
      const stat = statSync(file);
      if (!stat.isFile() || stat.size > MOST_BYTES) return null;
      const bytes = readFileSync(file);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const path = `${runFiles.sources}/${sha256.slice(0, NAME_LENGTH)}.txt`;
      const target = join(this.#dir, path);
      mkdirSync(join(this.#dir, runFiles.sources), {recursive: true});
      if (!existsSync(target)) writeFileAtomic(target, bytes);
      return {type: 'source', file, sha256, path};
    } catch {
      return null;
    }
  }
}

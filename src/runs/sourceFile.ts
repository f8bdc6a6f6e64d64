import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {runFiles} from '../protocol/runFolder';

const STORED = new RegExp(`^${runFiles.sources}/[0-9a-f]+\\.txt$`);
const decoder = new TextDecoder();

/** Text that a run folder keeps of a user's file; null where it isn't there, or the path leads elsewhere. */
export function readSource(dir: string, path: string): string | null {
  if (!STORED.test(path)) return null;
  try {
    return decoder.decode(readFileSync(join(dir, path)));
  } catch {
    return null;
  }
}

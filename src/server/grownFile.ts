import {statSync} from 'node:fs';

/** A file that grows: whether there is something to read is told by its size. */
export class GrownFile {
  private bytes = NaN;

  constructor(private readonly path: string) {}

  /** Since the last call; a file that can't be looked at has no size. */
  hasChanged(): boolean {
    const bytes = this.size();
    const changed = bytes !== this.bytes;
    this.bytes = bytes;
    return changed;
  }

  private size(): number {
    try {
      return statSync(this.path).size;
    } catch {
      return -1;
    }
  }
}

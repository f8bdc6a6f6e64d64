import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {constants, gunzipSync} from 'node:zlib';
import {runFiles} from '../protocol/runFolder';
import {parametersSchema} from '../protocol/tables';
import type {Batch} from './arrowBatch';
import {readStream} from './arrowTail';
import {FollowedTable} from './followedTable';

/** Most that is unpacked as one piece; the length that a damaged file claims may be anything. */
const LARGEST_PIECE = 1 << 28;
const LEAST_PIECE = 1 << 16;
const LENGTH_BYTES = 4;

/**
 * Reads the rows of the parameters while the recorder appends them, and those of a run that was compacted, each once: a run may be
 * compacted while it is being followed.
 */
export class ParameterTail {
  damage: string | null = null;
  tornBytes = 0;
  private readonly plain: FollowedTable;
  private readonly plainPath: string;
  private readonly compactPath: string;
  private isComplete = false;

  constructor(dir: string) {
    this.plainPath = join(dir, runFiles.parameters);
    this.compactPath = join(dir, runFiles.compactParameters);
    this.plain = new FollowedTable(this.plainPath, parametersSchema, 'parameter');
  }

  /** The last `read` stopped at its limit: there may be more to read at once. */
  get isBehind(): boolean {
    return this.plain.isBehind;
  }

  /** The table was written anew since it was first read: rows that were handed out may be in it no more. */
  get wasReplaced(): boolean {
    return this.plain.wasReplaced;
  }

  /** Batches that came since the last call, in order of steps for each parameter. @param most bytes after which to stop, at the end of a piece of the file */
  read(most?: number): Batch[] {
    if (this.isComplete) return [];
    const batches = this.plain.read(most);
    this.damage = this.plain.damage;
    this.tornBytes = this.plain.tornBytes;
    return batches.length === 0 && !existsSync(this.plainPath) ? this.readCompact() : batches;
  }

  private readCompact(): Batch[] {
    let bytes: Uint8Array;
    try {
      bytes = unpacked(readFileSync(this.compactPath));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.damage = error instanceof Error ? error.message : String(error);
      return [];
    }
    this.isComplete = true;
    const {batches, damage} = readStream(bytes, parametersSchema);
    this.damage = damage;
    return this.plain.news(batches);
  }
}

/** In one piece, as long as its last bytes say; what stands before a cut is worth having. */
function unpacked(packed: Buffer): Uint8Array {
  const length = packed.length < LENGTH_BYTES ? 0 : packed.readUInt32LE(packed.length - LENGTH_BYTES);
  return gunzipSync(packed, {finishFlush: constants.Z_SYNC_FLUSH, chunkSize: Math.min(LARGEST_PIECE, Math.max(LEAST_PIECE, length + 1))});
}

import type {Schema} from 'apache-arrow';
import type {Batch, NumberColumn} from './arrowBatch';
import {ArrowTail} from './arrowTail';

/**
 * Reads the rows of a table while the recorder appends them, each once, also where the table was written anew meanwhile, thinned or
 * compacted. Rows of one `key` (a parameter, a thread) come in order of their steps.
 */
export class FollowedTable {
  private readonly tail: ArrowTail;
  private readonly lastStep = new Map<number, number>();

  constructor(path: string, schema: Schema, private readonly key: string) {
    this.tail = new ArrowTail(path, schema);
  }

  get damage(): string | null {
    return this.tail.damage;
  }

  get tornBytes(): number {
    return this.tail.tornBytes;
  }

  /** The last `read` stopped at its limit: there may be more to read at once. */
  get isBehind(): boolean {
    return this.tail.isBehind;
  }

  /** The table was written anew since it was first read: rows that were handed out may be in it no more. */
  get wasReplaced(): boolean {
    return this.tail.beganAgain;
  }

  /** Batches that came since the last call. @param most bytes after which to stop, at the end of a piece of the file */
  read(most?: number): Batch[] {
    const batches = this.tail.read(most);
    if (this.tail.beganAgain) return this.news(batches);
    for (const batch of batches) this.newRows(batch);
    return batches;
  }

  /** What of batches that replace those read so far is new. */
  news(batches: readonly Batch[]): Batch[] {
    return batches.map((batch) => picked(batch, this.newRows(batch))).filter(({rows}) => rows > 0);
  }

  /** Rows beyond the last step of their key, which is then theirs. */
  private newRows({rows, numbers}: Batch): number[] {
    const [steps, keys] = [numbers.step, numbers[this.key]];
    const fresh: number[] = [];
    let key = NaN;
    let last = -Infinity;
    for (let row = 0; row < rows; row++) {
      const rowKey = keys?.[row] ?? -1;
      if (rowKey !== key) {
        if (!Number.isNaN(key)) this.lastStep.set(key, last);
        key = rowKey;
        last = this.lastStep.get(key) ?? -Infinity;
      }
      const step = steps?.[row] ?? NaN;
      if (step <= last) continue;
      last = step;
      fresh.push(row);
    }
    if (rows > 0) this.lastStep.set(key, last);
    return fresh;
  }
}

function picked(batch: Batch, fresh: readonly number[]): Batch {
  const {rows, numbers, lists} = batch;
  if (fresh.length === rows) return batch;
  const columns = Object.entries(numbers).map(([name, values]): [string, NumberColumn] => [name, Float64Array.from(fresh, (row) => values[row] ?? NaN)]);
  return {rows: fresh.length, numbers: Object.fromEntries(columns), lists};
}

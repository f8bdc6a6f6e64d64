import type {Schema} from 'apache-arrow';
import {renameSync, rmSync} from 'node:fs';
import {draftOf} from '../../protocol/runFolder';
import type {Batch} from '../../runs/arrowBatch';
import {ArrowTail} from '../../runs/arrowTail';
import {TableColumns} from '../../runs/tableColumns';
import {ArrowWriter} from '../arrowWriter';
import {keptRows, type ThinningRule} from './keptRows';

/** Bytes that are read at once: new rows wait no longer than one piece takes. */
const PIECE_BYTES = 1 << 20;
/** Rows of a group among which are chosen those that are kept; most of the time some two dozen of them are extremes. */
const GROUP_ROWS = 256;
const LEAST_WINDOW = 1 << 13;
/** A window reaches over no more than this share of its own age: what stood out there then stays. */
const REACH = 1 / 4;

/** Writes a table anew beside itself, thinned, piece by piece while rows are still appended to it. */
export class TableThinning {
  readonly #tail: ArrowTail;
  readonly #columns: TableColumns;
  readonly #draftPath: string;
  readonly #draft: ArrowWriter;
  readonly #windowRows: number;
  #window: Batch[] = [];
  #rows = 0;
  #written = 0;

  /** @param groups how many keys the table has at a time */
  constructor(private readonly path: string, schema: Schema, private readonly rule: ThinningRule, groups: number) {
    this.#tail = new ArrowTail(path, schema);
    this.#columns = new TableColumns(schema);
    this.#draftPath = draftOf(path);
    this.#draft = new ArrowWriter(this.#draftPath, schema);
    this.#windowRows = Math.max(LEAST_WINDOW, GROUP_ROWS * groups);
  }

  /** Last step of which rows may be let go. */
  get through(): number {
    return this.rule.newest;
  }

  /** Works on for one piece. @returns whether all rows that there are went through */
  advance(): boolean {
    for (const batch of this.#tail.read(PIECE_BYTES)) {
      this.#window.push(batch);
      this.#rows += batch.rows;
      if (this.#rows >= this.#windowRows || this.#reachesFar()) this.#writeWindow();
    }
    if (this.#tail.damage !== null) throw new Error(this.#tail.damage);
    return this.#tail.atEnd;
  }

  /** Puts the thinned table into the place of the whole one. @returns what rows that follow are appended by, and how many there are */
  finish(): {writer: ArrowWriter; rows: number} {
    this.#writeWindow();
    renameSync(this.#draftPath, this.path);
    return {writer: this.#draft, rows: this.#written};
  }

  abandon(): void {
    this.#draft.close();
    rmSync(this.#draftPath, {force: true});
  }

  #reachesFar(): boolean {
    const {newest, whole} = this.rule;
    const first = this.#window[0]?.numbers.step?.[0] ?? newest;
    const last = this.#window.at(-1)?.numbers.step?.at(-1) ?? newest;
    return newest - last > whole && last - first >= REACH * (newest - first);
  }

  #writeWindow(): void {
    const [window, rows] = [this.#window, this.#rows];
    const kept = keptRows(rows, (name) => this.#columns.column(window, rows, name), this.rule);
    this.#draft.append(kept.length, this.#columns.pick(window, rows, kept));
    this.#written += kept.length;
    this.#window = [];
    this.#rows = 0;
  }
}

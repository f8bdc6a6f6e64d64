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
/** Rows that are read before what is kept of them is written, as one batch. */
const LEAST_WINDOW = 1 << 13;

/** Writes a table anew beside itself, thinned, piece by piece while rows are still appended to it. */
export class TableThinning {
  readonly #tail: ArrowTail;
  readonly #columns: TableColumns;
  readonly #draftPath: string;
  readonly #draft: ArrowWriter;
  readonly #stretchRows: number;
  #window: Batch[] = [];
  #rows = 0;
  #written = 0;

  /** @param groups how many keys the table has at a time */
  constructor(private readonly path: string, schema: Schema, private readonly rule: ThinningRule, groups: number) {
    this.#tail = new ArrowTail(path, schema);
    this.#columns = new TableColumns(schema);
    this.#draftPath = draftOf(path);
    this.#draft = new ArrowWriter(this.#draftPath, schema);
    this.#stretchRows = GROUP_ROWS * groups;
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
      if (this.#rows >= Math.max(LEAST_WINDOW, this.#stretchRows)) this.#writeWindow();
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

  #writeWindow(): void {
    const [window, rows] = [this.#window, this.#rows];
    const kept = Uint32Array.from(this.#keptOf((name) => this.#columns.column(window, rows, name)));
    this.#draft.append(kept.length, this.#columns.pick(window, rows, kept));
    this.#written += kept.length;
    this.#window = [];
    this.#rows = 0;
  }

  /** Places of the rows of a window that are kept, chosen stretch by stretch; a step's rows lie in one. */
  #keptOf(column: (name: string) => Float64Array): number[] {
    const columns = new Map([this.rule.key, 'step', ...this.rule.extremes].map((name) => [name, column(name)]));
    const part = (name: string, from: number, to: number): Float64Array => columns.get(name)?.subarray(from, to) ?? new Float64Array(to - from);
    const steps = columns.get('step') ?? new Float64Array(0);
    const kept: number[] = [];
    for (let from = 0, to = 0; from < steps.length; from = to) {
      to = Math.min(steps.length, from + this.#stretchRows);
      while (to < steps.length && steps[to] === steps[to - 1]) to++;
      for (const row of keptRows(to - from, (name) => part(name, from, to), this.rule)) kept.push(from + row);
    }
    return kept;
  }
}

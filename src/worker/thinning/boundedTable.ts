import type {Schema} from 'apache-arrow';
import type {NumberValues} from '../../runs/tableColumns';
import {ArrowWriter} from '../arrowWriter';
import type {StepSpan, ThinningRule} from './keptRows';
import {TableThinning} from './tableThinning';

/** Of the most that a table may hold, what thinning leaves. */
const LEFT = 0.5;
/** Rows that may come before it is thinned again, where the extremes alone are more than that. */
const GROWTH = 1.25;

export interface TableBound extends Pick<ThinningRule, 'key' | 'extremes'> {
  /** Rows after which a table is thinned, … */
  rows: number;
  /** … and steps that it holds before that, however many rows a step has. */
  steps: number;
}

/**
 * Appends rows to a table, and thins what is old where it grows beyond its bound: the latest steps, extremes and whatever lies around
 * findings stay. Readers find the thinned file in the place of the other.
 */
export class BoundedTable {
  #writer: ArrowWriter;
  #thinning: TableThinning | null = null;
  #rows = 0;
  /** Of all rows that were ever appended. */
  #appended = 0;
  #limit = 0;
  #gaveUp = false;

  /** Creates the file, which must not exist. */
  constructor(private readonly path: string, private readonly schema: Schema, private readonly bound: TableBound) {
    this.#writer = new ArrowWriter(path, schema);
  }

  append(rows: number, columns: readonly NumberValues[]): void {
    this.#writer.append(rows, columns);
    this.#rows += rows;
    this.#appended += rows;
  }

  /**
   * Thins for one piece of work where that is due. Where it fails the table goes on to grow.
   * @param newest last step of the record
   * @param kept stretches that are not thinned
   * @param announce called before a thinned table takes the place of the whole one, with the last step of which rows may be missing
   */
  tidy(newest: number, kept: readonly StepSpan[], announce: (through: number) => void): void {
    if (this.#gaveUp) return;
    try {
      this.#tidy(newest, kept, announce);
    } catch {
      this.#gaveUp = true;
      this.#abandon();
    }
  }

  close(): void {
    this.#abandon();
    this.#writer.close();
  }

  #tidy(newest: number, kept: readonly StepSpan[], announce: (through: number) => void): void {
    const rowsAStep = Math.max(1, this.#appended / Math.max(1, newest));
    const most = Math.max(this.bound.rows, this.bound.steps * rowsAStep);
    if (this.#thinning === null && this.#rows <= Math.max(most, this.#limit)) return;
    const {key, extremes} = this.bound;
    this.#thinning ??= new TableThinning(this.path, this.schema, {key, extremes, newest, kept, whole: wholeSteps(newest, (LEFT * most) / rowsAStep)}, Math.ceil(rowsAStep));
    if (!this.#thinning.advance()) return;
    announce(this.#thinning.through);
    const {writer, rows} = this.#thinning.finish();
    this.#thinning = null;
    this.#writer.close();
    this.#writer = writer;
    this.#rows = rows;
    this.#limit = GROWTH * rows;
  }

  #abandon(): void {
    this.#thinning?.abandon();
    this.#thinning = null;
  }
}

/**
 * How many of the latest steps are kept whole so that `room` steps are kept of `all`: those of age a > w lie a / w steps
 * apart, which are w · ln(all / w).
 */
function wholeSteps(all: number, room: number): number {
  let whole = room;
  for (let i = 0; i < 50; i++) whole = room / (1 + Math.max(0, Math.log(all / whole)));
  return Math.max(1, whole);
}

import {stringify} from 'csv-stringify/sync';
import {appendFileSync, closeSync, openSync} from 'node:fs';
import {join} from 'node:path';
import type {RunReader} from '../runReader';
import {exportTables, type Chunk, type Column} from './tables';

const ROWS = 10_000;

/** Writes a run's tables as CSV files with a header. Non-finite numbers are NaN, Infinity, -Infinity. */
export function writeCsvFiles(run: RunReader, dir: string): void {
  for (const {name, columns, chunks} of exportTables(run)) {
    const file = openSync(join(dir, `${name}.csv`), 'w');
    try {
      // Unlike one write, it tries the rest where a full disk took a part, so that the error is seen.
      appendFileSync(file, stringify([columns.map((column) => column.name)]));
      for (const chunk of chunks()) writeRows(file, columns, chunk);
    } finally {
      closeSync(file);
    }
  }
}

function writeRows(file: number, columns: Column[], chunk: Chunk): void {
  const values = columns.map(({name}) => chunk[name] ?? []);
  const rows = values[0]?.length ?? 0;
  for (let from = 0; from < rows; from += ROWS) {
    const length = Math.min(ROWS, rows - from);
    appendFileSync(file, stringify(Array.from({length}, (_, i) => values.map((column) => String(column[from + i])))));
  }
}

import {once} from 'node:events';
import {createWriteStream, existsSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {createGzip, type Gzip} from 'node:zlib';
import {draftOf, runFiles} from '../protocol/runFolder';
import {parametersSchema} from '../protocol/tables';
import type {Batch} from './arrowBatch';
import {BatchMessages, schemaMessage} from './arrowMessage';
import {ArrowTail} from './arrowTail';
import {readRunStatus} from './status';
import {TableColumns, type NumberValues} from './tableColumns';

/** Bytes that are read at once, and rows that are sorted at once: memory is bounded by these, and what else runs in this thread waits no longer. */
const READ_BYTES = 1 << 22;
const WINDOW_ROWS = 1 << 16;
/** Rows of a batch, so few that equal columns lie within gzip's window of each other. */
const BATCH_ROWS = 1500;
/** Moments keep 32 bits of their mantissa, a relative error of 1e-10: the further ones are noise that can't be compressed. */
const KEPT_BITS = 32;
const MANTISSA_BITS = 52;

const columns = new TableColumns(parametersSchema);

/**
 * Writes the rows of runs that have ended anew, by parameter and compressed, in the place of what their recorders wrote. What is damaged or
 * torn stays as it is, and so does everything where the disk has no room. May be broken off at any time.
 */
export async function compactRuns(dirs: readonly string[]): Promise<void> {
  for (const dir of dirs) await compactRun(dir);
}

async function compactRun(dir: string): Promise<void> {
  const [from, to] = [runFiles.parameters, runFiles.compactParameters].map((name) => join(dir, name)) as [string, string];
  const draft = draftOf(to);
  try {
    if (readRunStatus(dir) === 'running') return;
    // Of a recorder that was killed while it thinned a table.
    for (const name of [runFiles.steps, runFiles.parameters]) rmSync(draftOf(join(dir, name)), {force: true});
    if (!existsSync(from)) return;
    if (await writeCompact(from, draft)) {
      renameSync(draft, to);
      rmSync(from);
    }
  } catch {
    // The rows are where they were.
  } finally {
    rmSync(draft, {force: true});
  }
}

/** @returns whether all that is recorded was written */
async function writeCompact(from: string, draft: string): Promise<boolean> {
  const tail = new ArrowTail(from, parametersSchema);
  const gzip = createGzip();
  const written = pipeline(gzip, createWriteStream(draft));
  const messages = new BatchMessages();
  let rows = 0;
  let window: Batch[] = [];
  const writeWindow = async (): Promise<void> => {
    for (const part of sortedParts(window, rows)) await write(gzip, messages.encode(part[0]?.length ?? 0, part));
    window = [];
    rows = 0;
  };
  try {
    await write(gzip, schemaMessage(parametersSchema));
    for (let batches = tail.read(READ_BYTES); batches.length > 0; batches = tail.read(READ_BYTES)) {
      for (const batch of batches) {
        window.push(batch);
        rows += batch.rows;
        if (rows >= WINDOW_ROWS) await writeWindow();
      }
    }
    await writeWindow();
  } finally {
    gzip.end();
    await written;
  }
  return tail.damage === null && tail.tornBytes === 0;
}

async function write(gzip: Gzip, bytes: Uint8Array): Promise<void> {
  if (!gzip.write(bytes)) await once(gzip, 'drain');
}

/** The rows by parameter, then step, as columns of batches. */
function sortedParts(window: readonly Batch[], rows: number): NumberValues[][] {
  const sorted = columns.pick(window, rows, sortedOrder(window, rows));
  for (const values of sorted) if (values instanceof Float64Array) roundMantissas(values);
  const parts = [];
  for (let from = 0; from < rows; from += BATCH_ROWS) parts.push(sorted.map((values) => values.subarray(from, from + BATCH_ROWS)));
  return parts;
}

function sortedOrder(window: readonly Batch[], rows: number): Uint32Array {
  const parameter = columns.column(window, rows, 'parameter');
  // Rows of one parameter come in the order of their steps, and sorting keeps that.
  return Uint32Array.from({length: rows}, (_, row) => row).sort((a, b) => (parameter[a] ?? 0) - (parameter[b] ?? 0) || a - b);
}

/** Rounds to the nearest; NaN and infinities stay. */
function roundMantissas(values: Float64Array): void {
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  const dropped = BigInt(MANTISSA_BITS - KEPT_BITS);
  const half = 1n << (dropped - 1n);
  for (let i = 0; i < bits.length; i++) {
    if (Number.isFinite(values[i])) bits[i] = (((bits[i] ?? 0n) + half) >> dropped) << dropped;
  }
}

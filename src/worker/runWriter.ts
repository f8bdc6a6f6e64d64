import {closeSync, openSync} from 'node:fs';
import {join} from 'node:path';
import type {RunEvent} from '../protocol/events';
import type {SparseHistogram} from '../protocol/histogram';
import {MOMENT_COLUMNS, combinedNorm, moment} from '../protocol/moments';
import {stringifyJson} from '../protocol/numbers';
import {runFiles} from '../protocol/runFolder';
import {histogramsSchema, parametersSchema, stepsSchema} from '../protocol/tables';
import {ArrowWriter, writeAll, type Column} from './arrowWriter';
import {ColumnBuffer} from './columnBuffer';
import {UNCHANGED, type StepRecord} from './frames';

const STEP_COLUMNS = [Int32Array, Float64Array, Float64Array, Float32Array, Float64Array, Float64Array, Int32Array, Float64Array, Float64Array, Int32Array, Int32Array];
const PARAMETER_COLUMNS = [Int32Array, Int32Array, Float64Array, Float64Array, Float32Array, Float32Array, Float64Array, Float64Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];

interface HistogramRow extends SparseHistogram {
  step: number;
  parameter: number;
}

/** Appends a run's telemetry to its folder. Every method may throw what the file system throws. */
export class RunWriter {
  readonly #events: number;
  readonly #steps: ArrowWriter;
  readonly #parameters: ArrowWriter;
  readonly #histograms: ArrowWriter;
  readonly #stepRows = new ColumnBuffer(STEP_COLUMNS.length);
  readonly #parameterRows = new ColumnBuffer(PARAMETER_COLUMNS.length);
  #histogramRows: HistogramRow[] = [];
  #eventLines: string[] = [];

  constructor(dir: string) {
    this.#events = openSync(join(dir, runFiles.events), 'a', 0o644);
    this.#steps = new ArrowWriter(join(dir, runFiles.steps), stepsSchema);
    this.#parameters = new ArrowWriter(join(dir, runFiles.parameters), parametersSchema);
    this.#histograms = new ArrowWriter(join(dir, runFiles.histograms), histogramsSchema);
  }

  event(event: RunEvent): void {
    this.#eventLines.push(stringifyJson(event));
  }

  /** @param moments a row for each of `record.parameters` */
  step(record: StepRecord, moments: Float64Array, rss: number): void {
    const norms: number[] = [];
    const {step} = record;
    for (let row = 0; row < record.parameters.length; row++) {
      const at = row * MOMENT_COLUMNS;
      const column = (index: number): number => moments[at + index] ?? NaN;
      const norm = column(moment.norm);
      const after = record.normsAfter?.[row] ?? UNCHANGED;
      norms.push(norm);
      this.#parameterRows.push([
        step, record.parameters[row] ?? -1,
        column(moment.mean), column(moment.std), column(moment.min), column(moment.max), norm,
        after === UNCHANGED ? norm : after,
        column(moment.zeros), column(moment.nan), column(moment.negInf), column(moment.posInf),
      ]);
    }
    this.#stepRows.push([
      step, record.time, record.hasLoss ? record.loss : NaN, record.stepMs, record.learningRate, combinedNorm(norms),
      record.tensors, record.bytes, rss, record.optimizer, record.thread,
    ]);
  }

  histogram(step: number, parameter: number, histogram: SparseHistogram): void {
    this.#histogramRows.push({step, parameter, ...histogram});
  }

  /** Events go last: a reader that knows of a finding also finds its step. */
  flush(): void {
    flushRows(this.#steps, this.#stepRows, STEP_COLUMNS);
    flushRows(this.#parameters, this.#parameterRows, PARAMETER_COLUMNS);
    this.#flushHistograms();
    if (this.#eventLines.length === 0) return;
    const text = `${this.#eventLines.join('\n')}\n`;
    this.#eventLines = [];
    writeAll(this.#events, Buffer.from(text));
  }

  close(): void {
    this.flush();
    this.#steps.close();
    this.#parameters.close();
    this.#histograms.close();
    closeSync(this.#events);
  }

  #flushHistograms(): void {
    const rows = this.#histogramRows;
    if (rows.length === 0) return;
    this.#histogramRows = [];
    const offsets = new Int32Array(rows.length + 1);
    rows.forEach((row, index) => { offsets[index + 1] = (offsets[index] ?? 0) + row.bins.length; });
    const total = offsets[rows.length] ?? 0;
    const bins = new Uint16Array(total);
    const counts = new Uint32Array(total);
    rows.forEach((row, index) => {
      bins.set(row.bins, offsets[index]);
      counts.set(row.counts, offsets[index]);
    });
    this.#histograms.append(rows.length, [
      Int32Array.from(rows, (row) => row.step),
      Int32Array.from(rows, (row) => row.parameter),
      {offsets, values: bins},
      {offsets, values: counts},
    ]);
  }
}

function flushRows(writer: ArrowWriter, rows: ColumnBuffer, types: readonly (new (length: number) => Int32Array | Uint32Array | Float32Array | Float64Array)[]): void {
  if (rows.rows === 0) return;
  const columns: Column[] = types.map((type, index) => rows.column(index, new type(rows.rows)));
  writer.append(rows.rows, columns);
  rows.clear();
}

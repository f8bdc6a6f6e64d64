import {appendFileSync, closeSync, openSync} from 'node:fs';
import {join} from 'node:path';
import type {RunEvent} from '../protocol/events';
import type {SparseHistogram} from '../protocol/histogram';
import {MOMENT_COLUMNS, combinedNorm, moment} from '../protocol/moments';
import {stringifyJson} from '../protocol/numbers';
import {runFiles} from '../protocol/runFolder';
import {histogramsSchema, parametersSchema, stepsSchema, updatesSchema} from '../protocol/tables';
import type {NumberValues} from '../runs/tableColumns';
import {ArrowWriter} from './arrowWriter';
import {ColumnBuffer} from './columnBuffer';
import {sampledColumns, UNCHANGED, type SampledRecord, type StepRecord} from './frames';
import {BoundedTable} from './thinning/boundedTable';
import type {StepSpan} from './thinning/keptRows';

const STEP_COLUMNS = [Int32Array, Float64Array, Float64Array, Float32Array, Float64Array, Float64Array, Int32Array, Float64Array, Float64Array, Int32Array, Int32Array, Float64Array];
const PARAMETER_COLUMNS = [Int32Array, Int32Array, Float64Array, Float64Array, Float32Array, Float32Array, Float64Array, Float64Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];

const UPDATE_COLUMNS = [Int32Array, Int32Array, ...sampledColumns.map(() => Float64Array), Float64Array];

const STEPS_BOUND = {key: 'optimizer', extremes: ['loss', 'stepMs', 'learningRate', 'norm', 'tensors', 'bytes', 'rss', 'heap'], rows: 1 << 19, steps: 0};
const PARAMETERS_BOUND = {
  key: 'parameter', extremes: ['mean', 'std', 'min', 'max', 'norm', 'normAfter', 'zeros', 'nan', 'negInf', 'posInf'], rows: 1 << 20, steps: 1 << 13,
};

interface HistogramRow extends SparseHistogram {
  step: number;
  parameter: number;
}

/** Appends a run's telemetry to its folder. Every method may throw what the file system throws. */
export class RunWriter {
  readonly #events: number;
  readonly #steps: BoundedTable;
  readonly #parameters: BoundedTable;
  readonly #histograms: ArrowWriter;
  readonly #updates: ArrowWriter;
  readonly #stepRows = new ColumnBuffer(STEP_COLUMNS.length);
  readonly #parameterRows = new ColumnBuffer(PARAMETER_COLUMNS.length);
  readonly #updateRows = new ColumnBuffer(UPDATE_COLUMNS.length);
  #histogramRows: HistogramRow[] = [];
  #eventLines: string[] = [];

  constructor(dir: string) {
    this.#events = openSync(join(dir, runFiles.events), 'a', 0o644);
    this.#steps = new BoundedTable(join(dir, runFiles.steps), stepsSchema, STEPS_BOUND);
    this.#parameters = new BoundedTable(join(dir, runFiles.parameters), parametersSchema, PARAMETERS_BOUND);
    this.#histograms = new ArrowWriter(join(dir, runFiles.histograms), histogramsSchema);
    this.#updates = new ArrowWriter(join(dir, runFiles.updates), updatesSchema);
  }

  event(event: RunEvent): void {
    this.#eventLines.push(stringifyJson(event));
  }

  /**
   * @param moments a row for each of `record.parameters`
   * @param updates of the same parameters, where the step was sampled
   */
  step(record: StepRecord, moments: Float64Array, rss: number, updates: SampledRecord | null): void {
    const norms: number[] = [];
    const {step} = record;
    for (let row = 0; row < record.parameters.length; row++) {
      const at = row * MOMENT_COLUMNS;
      const column = (index: number): number => moments[at + index] ?? NaN;
      const norm = column(moment.norm);
      const given = record.normsAfter?.[row] ?? UNCHANGED;
      const after = given === UNCHANGED ? norm : given;
      norms.push(norm);
      this.#parameterRows.push([
        step, record.parameters[row] ?? -1,
        column(moment.mean), column(moment.std), column(moment.min), column(moment.max), norm,
        after,
        column(moment.zeros), column(moment.nan), column(moment.negInf), column(moment.posInf),
      ]);
      if (updates !== null) this.#updateRows.push([step, updates.parameters[row] ?? -1, ...sampledColumns.map((name) => updates[name][row] ?? NaN), after]);
    }
    this.#stepRows.push([
      step, record.time, record.hasLoss ? record.loss : NaN, record.stepMs, record.learningRate, combinedNorm(norms),
      record.tensors, record.bytes, rss, record.optimizer, record.thread, record.heap,
    ]);
  }

  histogram(step: number, parameter: number, histogram: SparseHistogram): void {
    this.#histogramRows.push({step, parameter, ...histogram});
  }

  /** Events go last: a reader that knows of a finding also finds its step. */
  flush(): void {
    flushRows(this.#steps, this.#stepRows, STEP_COLUMNS);
    flushRows(this.#parameters, this.#parameterRows, PARAMETER_COLUMNS);
    flushRows(this.#updates, this.#updateRows, UPDATE_COLUMNS);
    this.#flushHistograms();
    this.#flushEvents();
  }

  /** Lets old rows go where a table is longer than it may be, one piece of work a call. */
  tidy(newest: number, kept: readonly StepSpan[]): void {
    this.#steps.tidy(newest, kept, (through) => { this.#announce('steps', through); });
    this.#parameters.tidy(newest, kept, (through) => { this.#announce('parameters', through); });
  }

  close(): void {
    this.flush();
    this.#steps.close();
    this.#parameters.close();
    this.#histograms.close();
    this.#updates.close();
    closeSync(this.#events);
  }

  #announce(table: 'steps' | 'parameters', through: number): void {
    this.event({type: 'thinned', table, through});
    this.#flushEvents();
  }

  #flushEvents(): void {
    if (this.#eventLines.length === 0) return;
    const text = `${this.#eventLines.join('\n')}\n`;
    this.#eventLines = [];
    appendFileSync(this.#events, text);
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

function flushRows(writer: {append(rows: number, columns: readonly NumberValues[]): void}, rows: ColumnBuffer, types: readonly (new (length: number) => Int32Array | Uint32Array | Float32Array | Float64Array)[]): void {
  if (rows.rows === 0) return;
  const columns: NumberValues[] = types.map((type, index) => rows.column(index, new type(rows.rows)));
  writer.append(rows.rows, columns);
  rows.clear();
}

import {RecordBatch, RecordBatchStreamWriter, Struct, makeData, vectorFromArray, type DataType, type Schema} from 'apache-arrow';
import {appendFileSync, existsSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Parameter, RunEvent} from '../../src/protocol/events';
import {stringifyJson} from '../../src/protocol/numbers';
import {RUN_FORMAT, runFiles, type Exit, type Launch} from '../../src/protocol/runFolder';
import {defaultSingSettings} from '../../src/protocol/sing';
import {histogramsSchema, parametersSchema, stepsSchema, updatesSchema} from '../../src/protocol/tables';
import {createRunFolder} from '../../src/runs/runStore';

export type Row = Record<string, number | number[]>;

const END_OF_STREAM_BYTES = 8;

/** A new empty store in the temporary folder of the system. */
export function temporaryStore(): string {
  return join(mkdtempSync(join(tmpdir(), 'singscope-runs-')), '.singscope');
}

export function launchOf(id: string, parts: Partial<Launch> = {}): Launch {
  return {
    format: RUN_FORMAT, id, parent: null, session: null, trial: null, arm: null, seed: null, script: 'train.js', args: [], cwd: tmpdir(),
    created: Date.UTC(2026, 10, 24, 10, 15), sing: defaultSingSettings, lrScale: 1, maxSteps: null, ...parts,
  };
}

export function parameterOf(index: number, name: string, parts: Partial<Parameter> = {}): Parameter {
  const [layer = name] = name.split('/');
  return {index, name, layer, layerClass: 'Dense', shape: [4, 3], kind: 'dense', site: null, ...parts};
}

export function stepRow(step: number, parts: Row = {}): Row {
  return {step, time: 1000 * step, loss: 1 / step, stepMs: 10, learningRate: 0.01, norm: 1, tensors: 40, bytes: 4000, rss: 1e6, optimizer: 0, thread: 0, heap: 2e6, ...parts};
}

export function parameterRow(step: number, parameter: number, parts: Row = {}): Row {
  return {step, parameter, mean: 0.01, std: 0.1, min: -0.4, max: 0.5, norm: 0.3, normAfter: 0.3, zeros: 0, nan: 0, negInf: 0, posInf: 0, ...parts};
}

/** Bytes of an Arrow stream without its end mark, as the recorder leaves them: the schema and one message a batch. */
export function streamBytes(schema: Schema, batches: Row[][]): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const rows of batches) writer.write(batchOf(schema, rows));
  writer.finish();
  const bytes = writer.toUint8Array(true);
  return bytes.slice(0, bytes.length - END_OF_STREAM_BYTES);
}

function batchOf(schema: Schema, rows: Row[]): RecordBatch {
  const children = schema.fields.map((field) => {
    const data = vectorFromArray(rows.map((row) => row[field.name]), field.type as DataType).data[0];
    if (!data) throw new Error(`no data for ${field.name}`);
    return data;
  });
  return new RecordBatch(schema, makeData({type: new Struct(schema.fields), length: rows.length, nullCount: 0, children}));
}

/** Writes a run folder as the recorder and the session do, in as many batches as calls. */
export class RunFolder {
  readonly dir: string;

  constructor(readonly store: string, id: string, launch: Partial<Launch> = {}) {
    this.dir = createRunFolder(store, launchOf(id, launch));
  }

  path(file: keyof typeof runFiles): string {
    return join(this.dir, runFiles[file]);
  }

  event(...events: RunEvent[]): this {
    for (const event of events) appendFileSync(this.path('events'), `${stringifyJson(event)}\n`);
    return this;
  }

  parameters(...parameters: Parameter[]): this {
    return this.event(...parameters.map((parameter) => ({type: 'parameter' as const, parameter})));
  }

  end(parts: Partial<Extract<RunEvent, {type: 'end'}>> = {}): this {
    return this.event({type: 'end', step: 0, time: 0, exitCode: 0, stopped: false, error: null, overheadPct: 1.5, dropped: {frames: 0, spikes: 0}, skippedSteps: 0, ...parts});
  }

  exit(parts: Partial<Exit> = {}): this {
    writeFileSync(this.path('exit'), stringifyJson({exitCode: 0, signal: null, time: 0, interrupted: false, ...parts}));
    return this;
  }

  steps(rows: Row[]): this {
    return this.append('steps', stepsSchema, rows);
  }

  rows(rows: Row[]): this {
    return this.append('parameters', parametersSchema, rows);
  }

  histograms(rows: Row[]): this {
    return this.append('histograms', histogramsSchema, rows);
  }

  updates(rows: Row[]): this {
    return this.append('updates', updatesSchema, rows.map((row) => ({cosine: NaN, secondMomentRms: NaN, deadUnits: NaN, gradientNorm: NaN, ...row})));
  }

  private append(file: 'steps' | 'parameters' | 'histograms' | 'updates', schema: Schema, rows: Row[]): this {
    const path = this.path(file);
    const head = streamBytes(schema, []);
    if (!existsSync(path)) writeFileSync(path, head);
    appendFileSync(path, streamBytes(schema, [rows]).subarray(head.length));
    return this;
  }
}

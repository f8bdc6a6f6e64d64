import {basename} from 'node:path';
import {Detector} from '../diagnosis/detector';
import type {RunEvent, RunEventOf} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import {HISTOGRAM_BINS, type SparseHistogram} from '../protocol/histogram';
import {createRunFolder} from '../runs/runStore';
import {ControlServer} from './controlServer';
import type {ControlWord} from './controlWord';
import {decodeHistograms, decodeStep, decodeSampled, decodeValues, type SampledRecord, type StepRecord} from './frames';
import {countValues, sparseHistogram} from './histogramCounts';
import type {RecorderData} from './messages';
import {momentsOf} from './momentSums';
import {tellUser} from './outputGuard';
import {processStartTime} from '../platform/processStart';
import {RecorderCost} from './recorderCost';
import {frameType} from './ring';
import {RunWriter} from './runWriter';
import {SourceSnapshots} from './sourceSnapshots';
import type {StepSpan} from './thinning/keptRows';

/** Buffers of parameters that no step has trained for so long are let go: a search makes one model after another. */
const KEEP_STEPS = 64;

/** Steps on both sides of a finding's that no thinning takes away, of so many findings. */
const AROUND_FINDING = 50;
const MOST_SPANS = 32;
/** The first steps are what a training is judged by. */
const BEGINNING: StepSpan = {first: 1, last: 100};

const decoder = new TextDecoder();

interface Incoming {
  values: Float32Array;
  /** Last step that used it. */
  step: number;
}

/** What a thread has sent of a sampled step whose record is still to come, if the step comes about. */
interface Sample {
  attempt: number;
  updates: SampledRecord | null;
  histograms: {parameter: number; histogram: SparseHistogram}[];
}

/**
 * What the recorder thread does with the frames: sums, judges, appends to the run folder.
 * When the folder can't be written any more it says so once and goes on draining, so that
 * the training neither stops nor waits.
 */
export class Recording {
  readonly #data: RecorderData;
  readonly #control: ControlWord;
  readonly #detector = new Detector();
  #writer: RunWriter | null = null;
  #server: ControlServer | null = null;
  #sources: SourceSnapshots | null = null;
  #stopped = false;
  /** Values of the gradients of the step that is coming in, by parameter. */
  readonly #incoming = new Map<number, Incoming>();
  /** The newest of each thread. */
  readonly #samples = new Map<number, Sample>();
  #lastStep = 0;
  /** From the first step on. */
  #cost: RecorderCost | null = null;
  readonly #keptSpans: StepSpan[] = [BEGINNING];

  constructor(data: RecorderData, control: ControlWord) {
    this.#data = data;
    this.#control = control;
  }

  async open(): Promise<void> {
    const {options, launch} = this.#data;
    let dir = this.#data.runDir;
    await this.#guard(async () => {
      dir ??= createRunFolder(options.store, launch);
      this.#writer = new RunWriter(dir);
      this.#sources = new SourceSnapshots(dir);
      this.#server = await ControlServer.listen(dir, this.#control, (event) => { this.#event(event); }).catch((error: unknown) => {
        this.#event({type: 'notice', code: 'no-control', message: `This run can't be steered while it goes on: ${String(error)}`});
        return null;
      });
    });
    this.#event({
      type: 'start', pid: this.#data.pid, processStart: processStartTime(this.#data.pid), node: this.#data.node, time: Date.now(),
      control: this.#server?.socketPath ?? null,
    });
    this.#event({type: 'sing', step: 0, settings: options.sing});
    this.#keepSource(launch.script);
  }

  /** One frame of a training thread. @param thread number of the thread's ring */
  take(thread: number, type: number, floats: Float64Array, at: number, words: number): void {
    if (type === frameType.values) this.#takeValues(floats, at);
    else if (type === frameType.step) this.#takeStep(thread, decodeStep(floats, at));
    else if (type === frameType.sampled) this.#takeUpdates(thread, decodeSampled(floats, at));
    else if (type === frameType.histograms) this.#takeHistograms(thread, floats, at);
    else if (type === frameType.json) this.#takeMessage(floats, at, words);
  }

  flush(): void {
    this.#try(() => {
      this.#writer?.flush();
      this.#writer?.tidy(this.#lastStep, this.#keptSpans);
    });
  }

  close(): void {
    this.#try(() => this.#writer?.close());
    this.#server?.close();
  }

  #takeMessage(floats: Float64Array, at: number, words: number): void {
    const bytes = new Uint8Array(floats.buffer, floats.byteOffset + at * 8, words * 8).slice();
    const end = bytes.indexOf(0);
    const message = JSON.parse(decoder.decode(end < 0 ? bytes : bytes.subarray(0, end))) as RunEvent;
    if (message.type === 'parameter') this.#detector.addParameter(message.parameter);
    if (message.type === 'metric' && message.source === 'epoch') this.#detector.endEpoch(message.epoch ?? 0, Object.keys(message.values).length);
    if (message.type === 'parameter') this.#keepSource(message.parameter.site?.file);
    if (message.type === 'tensor-trace') {
      this.#detector.addTrace(message);
      for (const {site} of message.places) this.#keepSource(site.file);
    }
    if (message.type === 'training') this.#keepSource(message.site?.file);
    if (message.type === 'end') this.#report(this.#detector.finish(message.step), message.step);
    this.#event(message.type === 'end' ? this.#withOwnCost(message) : message);
  }

  /** The training thread knows what its hooks cost; what it can't know is added. */
  #withOwnCost(end: RunEventOf<'end'>): RunEventOf<'end'> {
    return {...end, overheadPct: end.overheadPct === null ? null : end.overheadPct + (this.#cost?.pct ?? 0)};
  }

  #takeValues(floats: Float64Array, at: number): void {
    const piece = decodeValues(floats, at);
    let incoming = this.#incoming.get(piece.parameter);
    if (incoming?.values.length !== piece.total) {
      incoming = {values: new Float32Array(piece.total), step: 0};
      this.#incoming.set(piece.parameter, incoming);
    }
    incoming.step = this.#lastStep;
    incoming.values.set(piece.values, piece.from);
  }

  #takeStep(thread: number, record: StepRecord): void {
    this.#cost ??= new RecorderCost();
    const {updates, histograms} = this.#sampleOf(thread, record.attempt);
    this.#samples.delete(thread);
    const moments = record.moments ?? this.#sum(record);
    for (const {parameter, histogram} of histograms) this.#writer?.histogram(record.step, parameter, histogram);
    this.#lastStep = record.step;
    if (record.step % KEEP_STEPS === 0) this.#letGo();
    const rss = process.memoryUsage.rss();
    this.#try(() => this.#writer?.step(record, moments, rss, updates));
    this.#report(this.#detector.observe({...record, moments, rss}), record.step);
  }

  #letGo(): void {
    for (const [parameter, {step}] of this.#incoming) if (step < this.#lastStep - KEEP_STEPS) this.#incoming.delete(parameter);
  }

  #sum(record: StepRecord): Float64Array {
    const arrays = record.parameters.map((parameter) => this.#incoming.get(parameter)?.values ?? new Float32Array(0));
    if (record.wantsHistograms) {
      arrays.forEach((values, row) => {
        const counts = new Int32Array(HISTOGRAM_BINS);
        countValues(values, counts);
        this.#writer?.histogram(record.step, record.parameters[row] ?? -1, sparseHistogram(counts, 0));
      });
    }
    return momentsOf(arrays);
  }

  #takeUpdates(thread: number, updates: SampledRecord): void {
    this.#sampleOf(thread, updates.attempt).updates = updates;
  }

  #takeHistograms(thread: number, floats: Float64Array, at: number): void {
    const {attempt, parameters, counts} = decodeHistograms(floats, at);
    this.#sampleOf(thread, attempt).histograms = parameters.map((parameter, row) => ({parameter, histogram: sparseHistogram(counts, row)}));
  }

  /** A step that was begun and never came about leaves a sample that is nobody's. */
  #sampleOf(thread: number, attempt: number): Sample {
    const known = this.#samples.get(thread);
    if (known?.attempt === attempt) return known;
    const sample: Sample = {attempt, updates: null, histograms: []};
    this.#samples.set(thread, sample);
    return sample;
  }

  #report(findings: readonly Finding[], step: number): void {
    const {failOn} = this.#data.options;
    for (const finding of findings) {
      this.#event({type: 'finding', finding});
      for (const at of [finding.onsetStep, finding.step]) {
        if (this.#keptSpans.length < MOST_SPANS) this.#keptSpans.push({first: at - AROUND_FINDING, last: at + AROUND_FINDING});
      }
      const wanted = failOn.includes('any') || failOn.includes(finding.rule);
      if (wanted && this.#control.requestStop()) this.#event({type: 'stop', step, by: 'fail-on'});
    }
  }

  #event(event: RunEvent): void {
    this.#writer?.event(event);
  }

  /** Before the event that names the file: who knows a site has its text. */
  #keepSource(file: string | null | undefined): void {
    const event = file ? this.#sources?.take(file) : null;
    if (event) this.#event(event);
  }

  async #guard(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** The notice goes to stderr since the folder can't take it; what is on disk stays readable. */
  #giveUp(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#writer = null;
    const where = basename(this.#data.options.store);
    tellUser(`recording stopped (${error instanceof Error ? error.message : String(error)}); training goes on. Free space in, or allow writing to, ${where}, or choose another place with --store.`);
  }
}

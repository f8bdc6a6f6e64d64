import {dirname, join, resolve} from 'node:path';
import type {RunEvent, RunEventOf, Parameter} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import type {SparseHistogram} from '../protocol/histogram';
import {runFiles, type Exit, type Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import type {SingSettings} from '../protocol/sing';
import {histogramsSchema, stepsSchema, updatesSchema} from '../protocol/tables';
import type {Batch} from './arrowBatch';
import {ArrowTail} from './arrowTail';
import {EventLog} from './eventLog';
import {FollowedTable} from './followedTable';
import {GrowingColumns} from './growingColumns';
import {readExit, readLaunch, readRunProcess} from './launchFile';
import {MetricTable} from './metricTable';
import {ParameterTail} from './parameterTail';
import {readSource} from './sourceFile';
import {statusOf} from './status';

export const stepColumns = ['step', 'time', 'loss', 'stepMs', 'learningRate', 'norm', 'tensors', 'bytes', 'rss', 'optimizer', 'thread', 'heap'] as const;
export type StepColumn = (typeof stepColumns)[number];

export const seriesColumns = ['step', 'mean', 'std', 'min', 'max', 'norm', 'normAfter', 'zeros', 'nan', 'negInf', 'posInf'] as const;
export type SeriesColumn = (typeof seriesColumns)[number];

export const updateColumns = ['step', 'weightNorm', 'updateNorm', 'cosine', 'secondMomentRms', 'deadUnits', 'gradientNorm'] as const;
export type UpdateColumn = (typeof updateColumns)[number];

/** Histogram of one parameter's gradient at one step. */
export interface StepHistogram extends SparseHistogram {
  step: number;
}

export interface Notice {
  code: string;
  message: string;
}

/** Text of a user's file as it was in the run. */
export interface SourceText {
  sha256: string;
  /** Without a byte order mark; null where it is gone from the folder. */
  text(): string | null;
}

/** Where the user's code calls a training; `step` is the last finished step before it. */
export type TrainingSite = Omit<RunEventOf<'training'>, 'type'>;

type PlainEvent = Exclude<RunEvent, {type: 'metric'}>;

/** How far a `refresh` reads. */
export interface RefreshLimits {
  /** Bytes of each file after which to stop, at the end of a piece of it; all that is there by default. */
  bytes?: number;
  /** Whether rows of parameters and their histograms are read; they can be read later. */
  layers?: boolean;
}

/** Rows of one parameter after another from which on they are copied as one. */
const LONG_RUN = 8;

/** Rows that come at once for which room is made in one piece. */
const MUCH = 1 << 16;

const NO_HISTOGRAMS: readonly StepHistogram[] = [];

/**
 * Opens the folder of a run, going on or past, and reads what is there.
 * @throws RunError where the folder is missing, its run.json corrupt, or its format newer than ours
 */
export function openRun(dir: string): RunReader {
  const reader = new RunReader(resolve(dir), readLaunch(resolve(dir)));
  reader.refresh();
  return reader;
}

/** What a run folder holds so far; `refresh` reads what came since. Made by `openRun`. */
export class RunReader {
  /** What the script and its trainings reported, by name. */
  readonly metrics = new MetricTable();
  /** One row an optimizer step. */
  readonly steps = new GrowingColumns<StepColumn>(stepColumns);
  /** Number of the last recorded step, which is how many were made; of a long run the record keeps fewer. 0 before the first. */
  lastStep = 0;
  exit: Exit | null = null;
  private readonly log: EventLog;
  private readonly tails: {steps: FollowedTable; parameters: ParameterTail; histograms: ArrowTail; updates: ArrowTail};
  private readonly plainEvents: PlainEvent[] = [];
  private readonly seriesOf = new Map<number, GrowingColumns<SeriesColumn>>();
  private readonly updatesOf = new Map<number, GrowingColumns<UpdateColumn>>();
  private readonly histogramsOf = new Map<number, StepHistogram[]>();

  constructor(readonly dir: string, readonly launch: Launch) {
    this.log = new EventLog(dir);
    this.tails = {
      steps: new FollowedTable(join(dir, runFiles.steps), stepsSchema, 'thread'),
      parameters: new ParameterTail(dir),
      histograms: new ArrowTail(join(dir, runFiles.histograms), histogramsSchema),
      updates: new ArrowTail(join(dir, runFiles.updates), updatesSchema),
    };
  }

  get id(): string {
    return this.launch.id;
  }

  /** Run store that the run lies in. */
  get store(): string {
    return dirname(dirname(this.dir));
  }

  /** The last `refresh` stopped at its limit: there may be more to read at once. */
  get isBehind(): boolean {
    return Object.values(this.tails).some((tail) => tail.isBehind);
  }

  /** A table was written anew since it was first read here, so that a new reader of the folder may hold fewer rows. */
  get wasReplaced(): boolean {
    return this.tails.steps.wasReplaced || this.tails.parameters.wasReplaced;
  }

  /** Rows of steps and parameters that are held. */
  get heldRows(): number {
    return [...this.seriesOf.values()].reduce((rows, {length}) => rows + length, this.steps.length);
  }

  /** Reads what was written since the last call. @returns whether anything was */
  refresh({bytes, layers = true}: RefreshLimits = {}): boolean {
    // It is written last, so it is looked for first: who knows it has read all that came before it.
    const exit = this.exit ?? readExit(this.dir);
    const ended = exit !== this.exit;
    this.exit = exit;
    const events = this.log.read(bytes);
    for (const event of events) {
      if (event.type === 'metric') this.metrics.add(event);
      else this.plainEvents.push(event);
    }
    const steps = this.tails.steps.read(bytes);
    this.steps.reserve(rowsOf(steps));
    for (const batch of steps) {
      this.steps.appendRange(batch.numbers, 0, batch.rows);
      // Threads number their steps together, and their rows may lie crosswise.
      for (const step of batch.numbers.step ?? []) this.lastStep = Math.max(this.lastStep, step);
    }
    const parameters = layers ? this.tails.parameters.read(bytes) : [];
    this.reserveRows(parameters);
    for (const batch of parameters) this.addParameterRows(batch);
    const histograms = layers ? this.tails.histograms.read(bytes) : [];
    for (const batch of histograms) this.addHistograms(batch);
    const updates = layers ? this.tails.updates.read(bytes) : [];
    for (const batch of updates) this.addUpdates(batch);
    return ended || events.length + steps.length + parameters.length + histograms.length + updates.length > 0;
  }

  /** Events of one type in order; metrics are in `metrics`. */
  events<T extends PlainEvent['type']>(type: T): RunEventOf<T>[] {
    return this.plainEvents.filter((event): event is PlainEvent & RunEventOf<T> => event.type === type);
  }

  /** The last event of one type; null where there is none. */
  lastEvent<T extends PlainEvent['type']>(type: T): RunEventOf<T> | null {
    return this.events(type).at(-1) ?? null;
  }

  /** Last step up to which rows of a table may have been let go; 0 where it is whole. */
  thinnedThrough(table: RunEventOf<'thinned'>['table']): number {
    return this.events('thinned').reduce((most, event) => (event.table === table ? Math.max(most, event.through) : most), 0);
  }

  /** Parameters in the order in which the run met them, which is network order for a layers model. */
  get parameters(): Parameter[] {
    const byIndex = new Map(this.events('parameter').map(({parameter}) => [parameter.index, parameter]));
    return [...byIndex.values()].sort((a, b) => a.index - b.index);
  }

  /** Rows of one parameter, in order of steps; empty where there are none. */
  series(parameter: number): GrowingColumns<SeriesColumn> {
    let series = this.seriesOf.get(parameter);
    if (!series) this.seriesOf.set(parameter, (series = new GrowingColumns<SeriesColumn>(seriesColumns)));
    return series;
  }

  /** What is measured of one parameter at the sampled steps, in order; empty where there is nothing. */
  updates(parameter: number): GrowingColumns<UpdateColumn> {
    let updates = this.updatesOf.get(parameter);
    if (!updates) this.updatesOf.set(parameter, (updates = new GrowingColumns<UpdateColumn>(updateColumns)));
    return updates;
  }

  /** Sampled histograms of one parameter, in order of steps. */
  histograms(parameter: number): readonly StepHistogram[] {
    return this.histogramsOf.get(parameter) ?? NO_HISTOGRAMS;
  }

  get findings(): Finding[] {
    return this.events('finding').map(({finding}) => finding);
  }

  /** Settings of SING that hold now: those of the start, or the last change. */
  get sing(): SingSettings {
    return this.lastEvent('sing')?.settings ?? this.launch.sing;
  }

  /** Texts of the script and of the files that call sites name, by file; those of runs of older versions are not there. */
  get sources(): Map<string, SourceText> {
    return new Map(this.events('source').map(({file, sha256, path}) => [file, {sha256, text: () => readSource(this.dir, path)}]));
  }

  /** Training calls in the order in which the run met them, each place once. */
  get trainings(): TrainingSite[] {
    const byPlace = new Map<string, TrainingSite>();
    for (const {call, site, step} of this.events('training')) {
      const place = `${call} ${site === null ? '' : `${site.file}:${site.line}:${site.column}`}`;
      if (!byPlace.has(place)) byPlace.set(place, {call, site, step});
    }
    return [...byPlace.values()];
  }

  /** What the recorder noticed, and what of the folder could not be read. */
  get notices(): Notice[] {
    const noticed = this.events('notice').map(({code, message}) => ({code, message}));
    return [...noticed, ...this.damages()];
  }

  /** Status now; looks whether the process is there, and reads on where it has just gone. */
  status(): RunStatus {
    const status = this.statusOnce();
    if (status !== 'crashed' || !this.refresh()) return status;
    return this.statusOnce();
  }

  private statusOnce(): RunStatus {
    const {created} = this.launch;
    const start = this.lastEvent('start') ?? readRunProcess(this.dir);
    return statusOf({created, start, end: this.lastEvent('end'), exit: this.exit, stopAsked: this.lastEvent('stop') !== null});
  }

  /** Where much comes at once, columns that grew step by step would be copied over and over. */
  private reserveRows(batches: readonly Batch[]): void {
    if (rowsOf(batches) < MUCH) return;
    const counts = new Map<number, number>();
    for (const {rows, numbers: {parameter}} of batches) {
      for (let row = 0; row < rows; row++) counts.set(parameter?.[row] ?? -1, (counts.get(parameter?.[row] ?? -1) ?? 0) + 1);
    }
    for (const [parameter, rows] of counts) this.series(parameter).reserve(rows);
  }

  private addParameterRows(batch: Batch): void {
    const {rows, numbers: {parameter: indices}} = batch;
    let runs = 0;
    for (let row = 0; row < rows; row++) if (row === 0 || indices?.[row] !== indices?.[row - 1]) runs++;
    if (rows >= LONG_RUN * runs) this.addRuns(batch);
    else this.addMixedRows(batch);
  }

  /** Rows that lie by parameter, as in a compacted run. */
  private addRuns({rows, numbers}: Batch): void {
    const indices = numbers.parameter;
    for (let from = 0, to = 0; from < rows; from = to) {
      const parameter = indices?.[from] ?? -1;
      while (to < rows && indices?.[to] === indices?.[from]) to++;
      this.series(parameter).appendRange(numbers, from, to);
    }
  }

  /** Column by column: millions of rows go through here while a run is being opened. */
  private addMixedRows({rows, numbers}: Batch): void {
    const indices = numbers.parameter;
    const targets = Array.from({length: rows}, (_, row) => this.series(indices?.[row] ?? -1));
    const places = targets.map((series) => series.extend(1));
    seriesColumns.forEach((name, column) => {
      const values = numbers[name];
      for (let row = 0; row < rows; row++) targets[row]?.set(column, places[row] ?? 0, values?.[row] ?? NaN);
    });
  }

  private addUpdates({rows, numbers}: Batch): void {
    for (let row = 0; row < rows; row++) this.updates(numbers.parameter?.[row] ?? -1).append(numbers, row);
  }

  private addHistograms({rows, numbers, lists}: Batch): void {
    const {bins, counts} = lists;
    if (!bins || !counts) return;
    for (let row = 0; row < rows; row++) {
      const from = bins.offsets[row] ?? 0;
      const to = bins.offsets[row + 1] ?? from;
      const countsFrom = counts.offsets[row] ?? 0;
      const parameter = numbers.parameter?.[row] ?? -1;
      const histogram: StepHistogram = {
        step: numbers.step?.[row] ?? NaN,
        bins: bins.values.slice(from, to) as Uint16Array,
        counts: counts.values.slice(countsFrom, countsFrom + to - from) as Uint32Array,
      };
      const list = this.histogramsOf.get(parameter);
      if (list) list.push(histogram);
      else this.histogramsOf.set(parameter, [histogram]);
    }
  }

  private damages(): Notice[] {
    const damages: string[] = [];
    const {damagedLines} = this.log;
    if (damagedLines > 0) damages.push(`${damagedLines} ${damagedLines === 1 ? 'line' : 'lines'} of ${runFiles.events} can't be read and ${damagedLines === 1 ? 'is' : 'are'} left out`);
    const torn = this.statusOnce() !== 'running';
    if (torn && this.log.tornBytes > 0) damages.push(`${runFiles.events} ends in the middle of a line; what was written before it is shown`);
    for (const name of ['steps', 'parameters', 'histograms', 'updates'] as const) {
      const tail = this.tails[name];
      if (tail.damage !== null) damages.push(`${runFiles[name]} is damaged; what was written before the damage is shown`);
      else if (torn && tail.tornBytes > 0) damages.push(`${runFiles[name]} ends in the middle of a batch; what was written before it is shown`);
    }
    return damages.map((message) => ({code: 'damaged-record', message}));
  }
}

function rowsOf(batches: readonly Batch[]): number {
  return batches.reduce((sum, {rows}) => sum + rows, 0);
}

import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {messageOf} from '../platform/failure';
import type {CallSite} from '../protocol/callSite';
import type {Parameter, RunEvent, RunEventOf} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import {runFiles, type Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {stepsSchema} from '../protocol/tables';
import {FollowedTable} from '../runs/followedTable';
import {EventLog} from '../runs/eventLog';
import {readLaunch} from '../runs/launchFile';
import {readSource} from '../runs/sourceFile';
import {RunWitness} from '../runs/status';
import {fileKey} from './fileKey';
import {GrownFile} from './grownFile';
import {RecordedText} from './recordedText';

/** How often the process itself is looked for. */
const ALIVE_MS = 1000;
/** From then on a run speaks for a file, though it has found nothing: what the last one said is taken back. */
const SPEAKS_AFTER_STEPS = 20;
const SPEAKS_AFTER_MS = 2000;
const LARGEST_SOURCE = 4 << 20;

export type Training = Omit<RunEventOf<'training'>, 'type'>;

/** What a look at a run brought. */
export interface TailChange {
  /** Findings that are new. */
  found: boolean;
  /** Anything but the number of steps and the loss. */
  known: boolean;
  /** Steps were made. */
  stepped: boolean;
}

/** What the editor needs of one run; read once, and on while it goes on. */
export class RunTail {
  readonly parameters = new Map<number, Parameter>();
  readonly findings: Finding[] = [];
  readonly trainings: Training[] = [];
  /** Last recorded step and its loss. */
  step = 0;
  loss = NaN;
  /** The training has a loss that is seen, so that NaN is its value and not its absence. */
  hasLoss = false;
  status: RunStatus = 'running';
  /** Milliseconds since 1970 at which the first step was seen here. */
  private firstSeen: number | null = null;
  private readonly log: EventLog;
  private readonly steps: FollowedTable;
  private readonly sources = new Map<string, {key: string; path: string}>();
  private readonly texts = new Map<string, RecordedText | null>();
  private fileSet: Set<string> | null = null;
  private readonly witness: RunWitness;
  private readonly eventFile: GrownFile;
  private readonly stepFile: GrownFile;
  private lookedAlive = -Infinity;

  private constructor(readonly store: string, readonly dir: string, readonly launch: Launch) {
    this.log = new EventLog(dir, ['metric']);
    this.steps = new FollowedTable(join(dir, runFiles.steps), stepsSchema, 'thread');
    this.witness = new RunWitness(dir, launch.created);
    this.eventFile = new GrownFile(join(dir, runFiles.events));
    this.stepFile = new GrownFile(join(dir, runFiles.steps));
  }

  /** @returns null where the folder is no run yet, or none that can be read; `damage` is told why */
  static open(store: string, dir: string, damage: (message: string) => void): RunTail | null {
    try {
      return new RunTail(store, dir, readLaunch(dir));
    } catch (error) {
      damage(messageOf(error));
      return null;
    }
  }

  get id(): string {
    return this.launch.id;
  }

  get isLive(): boolean {
    return this.status === 'running';
  }

  /** The run has made steps, so that what it says of a file is more than nothing. */
  get hasTrained(): boolean {
    return this.parameters.size > 0 || this.step > 0;
  }

  /** A run that has just begun to train leaves the word to the one before: nothing flickers. */
  speaks(now = Date.now()): boolean {
    if (!this.hasTrained) return false;
    return !this.isLive || this.findings.length > 0 || this.step >= SPEAKS_AFTER_STEPS || (this.firstSeen !== null && now - this.firstSeen >= SPEAKS_AFTER_MS);
  }

  /** Runs of a trial's off arm speak; those of its other arms, and its repetition, train with something changed. */
  get isPlain(): boolean {
    return this.launch.trial === null || this.launch.arm === null || this.launch.arm === 'off';
  }

  /** The script, and the files that call sites name. */
  get files(): ReadonlySet<string> {
    if (this.fileSet === null) {
      this.fileSet = new Set(Array.from(this.sites(), (site) => fileKey(site.file)));
      if (this.launch.script !== null) this.fileSet.add(fileKey(this.launch.script));
    }
    return this.fileSet;
  }

  touches(key: string): boolean {
    return this.files.has(key);
  }

  look(now = Date.now()): TailChange {
    const change: TailChange = {found: false, known: false, stepped: false};
    this.readFiles(change);
    if (this.hasTrained) this.firstSeen ??= now;
    this.readStatus(now);
    if (!this.isLive) {
      // What was written between our look at the files and at the process.
      this.readFiles(change);
      this.status = this.witness.status(now);
      change.known = true;
    }
    return change;
  }

  /** Text of a file as it ran; null where it is not known. */
  recorded(file: string): RecordedText | null {
    const key = fileKey(file);
    let text = this.texts.get(key);
    if (text === undefined) {
      text = this.readText(key);
      this.texts.set(key, text);
    }
    return text;
  }

  /** A training call for what concerns the whole run: the one that was going on at a step. */
  trainingAt(step: number): CallSite | null {
    const placed = this.trainings.filter(({site}) => site !== null);
    return (placed.filter((training) => training.step < step).at(-1) ?? placed[0])?.site ?? null;
  }

  private *sites(): Generator<CallSite> {
    for (const {site} of this.parameters.values()) if (site !== null) yield site;
    for (const {site} of this.trainings) if (site !== null) yield site;
    for (const {site} of this.findings) if (site !== null) yield site;
  }

  private take(event: RunEvent, change: TailChange): void {
    change.known = true;
    this.fileSet = null;
    this.witness.take(event);
    if (event.type === 'parameter') this.parameters.set(event.parameter.index, event.parameter);
    else if (event.type === 'training') this.trainings.push(event);
    else if (event.type === 'source') this.takeSource(event);
    else if (event.type === 'finding' && !this.findings.some(({id}) => id === event.finding.id)) {
      this.findings.push(event.finding);
      change.found = true;
    }
  }

  private takeSource({file, sha256, path}: RunEventOf<'source'>): void {
    const key = fileKey(file);
    this.sources.set(key, {key: sha256, path});
    this.texts.delete(key);
  }

  private readSteps(change: TailChange): void {
    for (const {rows, numbers} of this.steps.read()) {
      const step = numbers.step?.[rows - 1];
      if (step === undefined) continue;
      this.step = Math.max(this.step, step);
      this.loss = numbers.loss?.[rows - 1] ?? NaN;
      this.hasLoss ||= Array.from(numbers.loss ?? []).some((loss) => !Number.isNaN(loss));
      change.stepped = true;
    }
  }

  private readFiles(change: TailChange): void {
    if (this.eventFile.hasChanged()) for (const event of this.log.read()) this.take(event, change);
    if (this.stepFile.hasChanged()) this.readSteps(change);
    this.step = Math.max(this.step, this.witness.end?.step ?? 0);
  }

  private readStatus(now: number): void {
    const isDue = now - this.lookedAlive >= ALIVE_MS;
    if (!isDue && this.witness.end === null) return;
    this.lookedAlive = now;
    this.status = this.witness.status(now);
  }

  private readText(key: string): RecordedText | null {
    const source = this.sources.get(key);
    if (source !== undefined) {
      const text = readSource(this.dir, source.path);
      return text === null ? null : new RecordedText(source.key, text);
    }
    // Runs of older versions keep no texts: a file that was not written to since is as it ran.
    try {
      const {mtimeMs, size} = statSync(key);
      if (mtimeMs > this.launch.created || size > LARGEST_SOURCE) return null;
      return new RecordedText(`${this.id} ${key}`, readFileSync(key, 'utf8').replace(/^\ufeff/, ''));
    } catch {
      return null;
    }
  }
}

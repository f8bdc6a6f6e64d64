import {join} from 'node:path';
import type {RunEventOf} from '../protocol/events';
import type {Finding} from '../protocol/finding';
import {runFiles, type Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {stepsSchema} from '../protocol/tables';
import {ArrowTail} from '../runs/arrowTail';
import {EventLog} from '../runs/eventLog';
import {readExit, readLaunch, readRunProcess} from '../runs/launchFile';
import type {Notice} from '../runs/runReader';
import {statusOf} from '../runs/status';

/** Speed is taken over this much of the latest past. */
const WINDOW_MS = 10_000;

/** Where a run stands, as a line of progress shows it. */
export interface ProgressState {
  id: string;
  step: number;
  /** Steps in all; null while nobody knows. */
  total: number | null;
  stepsPerSecond: number | null;
  secondsLeft: number | null;
  /** Last loss; null before the first. */
  loss: number | null;
}

/** What came to a run since the last look. */
export interface ProgressNews {
  changed: boolean;
  findings: Finding[];
  notices: Notice[];
}

/**
 * Follows one run through its folder for as long as it takes: it keeps the latest past alone,
 * so that watching costs a long training nothing.
 */
export class RunProgress {
  readonly launch: Launch;
  private readonly log: EventLog;
  private readonly steps: ArrowTail;
  private start: RunEventOf<'start'> | null = null;
  private end: RunEventOf<'end'> | null = null;
  private stopAsked = false;
  private planned: number | null = null;
  private step = 0;
  private loss: number | null = null;
  private times: number[] = [];
  private unseen: ProgressNews = {changed: false, findings: [], notices: []};

  /** @throws RunError where the folder holds no run that can be read */
  constructor(readonly dir: string) {
    this.launch = readLaunch(dir);
    this.log = new EventLog(dir);
    this.steps = new ArrowTail(join(dir, runFiles.steps), stepsSchema);
  }

  get id(): string {
    return this.launch.id;
  }

  /** Reads on. Each finding and notice is handed out once. */
  look(): ProgressNews {
    this.read();
    const news = this.unseen;
    this.unseen = {changed: false, findings: [], notices: []};
    return news;
  }

  get status(): RunStatus {
    const now = (): RunStatus => {
      this.read();
      const {start, end, stopAsked, dir} = this;
      return statusOf({created: this.launch.created, start: start ?? readRunProcess(dir), end, exit: readExit(dir), stopAsked});
    };
    const status = now();
    // Its last words may have come between our look at the log and at the process.
    return status === 'crashed' ? now() : status;
  }

  get state(): ProgressState {
    const {id, step, loss} = this;
    const total = this.total();
    const stepsPerSecond = this.speed();
    const secondsLeft = total === null || stepsPerSecond === null ? null : (total - step) / stepsPerSecond;
    return {id, step, total, stepsPerSecond, secondsLeft, loss};
  }

  private read(): void {
    for (const event of this.log.read()) {
      this.unseen.changed = true;
      if (event.type === 'start') this.start = event;
      if (event.type === 'end') this.end = event;
      if (event.type === 'stop') this.stopAsked = true;
      if (event.type === 'plan') this.planned = event.totalSteps;
      if (event.type === 'finding') this.unseen.findings.push(event.finding);
      if (event.type === 'notice') this.unseen.notices.push(event);
    }
    for (const {rows, numbers} of this.steps.read()) {
      this.unseen.changed = true;
      this.step = numbers.step?.[rows - 1] ?? this.step;
      this.loss = numbers.loss?.[rows - 1] ?? this.loss;
      for (const time of numbers.time ?? []) this.times.push(time);
    }
    const since = (this.times.at(-1) ?? 0) - WINDOW_MS;
    const first = this.times.findIndex((time) => time >= since);
    if (first > 0) this.times = this.times.slice(first);
  }

  /** The limit and the plan of `fit`, whichever comes first; a plan that is over says nothing more. */
  private total(): number | null {
    const open = [this.launch.maxSteps, this.planned].filter((value): value is number => value !== null && value >= this.step);
    return open.length === 0 ? null : Math.min(...open);
  }

  private speed(): number | null {
    const passed = (this.times.at(-1) ?? 0) - (this.times[0] ?? 0);
    return passed <= 0 ? null : ((this.times.length - 1) * 1000) / passed;
  }
}

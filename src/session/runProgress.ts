import {join} from 'node:path';
import type {Finding} from '../protocol/finding';
import {runFiles, type Launch} from '../protocol/runFolder';
import type {RunStatus} from '../protocol/runSummary';
import {stepsSchema} from '../protocol/tables';
import {EventLog} from '../runs/eventLog';
import {FollowedTable} from '../runs/followedTable';
import {readLaunch} from '../runs/launchFile';
import type {Notice} from '../runs/runReader';
import {latestFrom, plannedSteps, stepSpeed} from '../runs/pace';
import {RunWitness} from '../runs/status';

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
  private readonly steps: FollowedTable;
  private readonly witness: RunWitness;
  private planned: number | null = null;
  private step = 0;
  private loss: number | null = null;
  private times: number[] = [];
  private unseen: ProgressNews = {changed: false, findings: [], notices: []};

  /** @throws RunError where the folder holds no run that can be read */
  constructor(readonly dir: string) {
    this.launch = readLaunch(dir);
    this.log = new EventLog(dir);
    this.witness = new RunWitness(dir, this.launch.created);
    this.steps = new FollowedTable(join(dir, runFiles.steps), stepsSchema, 'thread');
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
    this.read();
    return this.witness.settledStatus(() => { this.read(); });
  }

  get state(): ProgressState {
    const {id, step, loss} = this;
    const total = plannedSteps([this.launch.maxSteps, this.planned], step);
    const stepsPerSecond = stepSpeed(this.times);
    const secondsLeft = total === null || stepsPerSecond === null ? null : (total - step) / stepsPerSecond;
    return {id, step, total, stepsPerSecond, secondsLeft, loss};
  }

  private read(): void {
    for (const event of this.log.read()) {
      this.unseen.changed = true;
      this.witness.take(event);
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
    const first = latestFrom(this.times);
    if (first > 0) this.times = this.times.slice(first);
  }
}

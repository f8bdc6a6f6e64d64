import type {Finding} from '../protocol/finding';
import type {Notice, RunReader} from '../runs/runReader';

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

/** Follows one run through its folder. */
export class RunProgress {
  private findingsSeen = 0;
  private noticesSeen = 0;

  constructor(readonly reader: RunReader) {}

  /** Reads on. Each finding and notice is handed out once. */
  look(): ProgressNews {
    const changed = this.reader.refresh();
    const findings = this.reader.findings.slice(this.findingsSeen);
    const notices = this.reader.events('notice').slice(this.noticesSeen);
    this.findingsSeen += findings.length;
    this.noticesSeen += notices.length;
    return {changed, findings, notices};
  }

  get state(): ProgressState {
    const {reader} = this;
    const step = reader.steps.column('step').at(-1) ?? 0;
    const total = this.total(step);
    const stepsPerSecond = this.speed();
    const left = total === null || stepsPerSecond === null || stepsPerSecond === 0 ? null : Math.max(0, total - step) / stepsPerSecond;
    return {id: reader.id, step, total, stepsPerSecond, secondsLeft: left, loss: reader.steps.column('loss').at(-1) ?? null};
  }

  /** The limit and the plan of `fit`, whichever comes first; a plan that is over says nothing more. */
  private total(step: number): number | null {
    const {maxSteps} = this.reader.launch;
    const planned = this.reader.lastEvent('plan')?.totalSteps ?? null;
    const open = [maxSteps, planned].filter((value): value is number => value !== null && value >= step);
    return open.length === 0 ? null : Math.min(...open);
  }

  private speed(): number | null {
    const times = this.reader.steps.column('time');
    const last = times.at(-1);
    if (last === undefined) return null;
    let from = times.length - 1;
    while (from > 0 && last - (times[from - 1] ?? 0) <= WINDOW_MS) from--;
    const passed = last - (times[from] ?? last);
    return passed <= 0 ? null : ((times.length - 1 - from) * 1000) / passed;
  }
}

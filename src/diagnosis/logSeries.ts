import {medianOf, RobustWindow} from './robustWindow';

/** Steps whose largest value counts as the level of a run's start. */
const EARLY_STEPS = 20;
const WINDOW = 64;
/** The remembered maximum sinks by this much (natural log) a step: about a factor 3 in 250 steps. */
const MAXIMUM_DECAY = 0.0045;

/** How far above its own past a value must lie to be called a jump; factors, not logs. */
export interface JumpLimits {
  /** Least factor above the median. */
  factor: number;
  /** Least number of robust standard deviations (of the logarithm) above the median. */
  deviations: number;
  /** Least factor above the largest value remembered. */
  overMaximum: number;
  /** Least factor above the run's first steps. */
  overEarly: number;
  /** Least factor above all before, while there is too little of it to know the noise. */
  withoutHistory: number;
}

/**
 * A positive series judged by its logarithm. Values that were flagged must not be pushed:
 * a baseline that learns from spikes stops seeing them.
 */
export class LogSeries {
  readonly window = new RobustWindow(WINDOW);
  /** Number of positive values pushed. */
  count = 0;
  /** Logarithm of the first positive value. */
  first = NaN;
  /** Largest logarithm of the first steps. */
  early = -Infinity;
  private maximum = -Infinity;
  private readonly start: number[] = [];

  push(log: number): void {
    if (!Number.isFinite(log)) return;
    if (this.count === 0) this.first = log;
    this.count++;
    if (this.count <= EARLY_STEPS) {
      this.early = Math.max(this.early, log);
      this.start.push(log);
    }
    this.maximum = Math.max(log, this.maximum - MAXIMUM_DECAY);
    this.window.push(log);
  }

  /** The series goes on at another level, as when a run was seen to settle there. */
  settleAt(log: number): void {
    this.window.clear();
    this.window.push(log);
    this.maximum = log;
    this.early = Math.max(this.early, log);
  }

  /** How far the median of the last steps has moved from that of the first, in natural-log units; NaN in a short run. */
  drift(): number {
    return this.count < 2 * EARLY_STEPS ? NaN : this.window.median() - medianOf(this.start);
  }

  /** Excess of `log` over the median, in natural-log units. */
  excess(log: number): number {
    return log - this.window.median();
  }

  /** True where `log` stands out by all the limits; false without enough history. */
  isJump(log: number, limits: JumpLimits, extraFactor = 1): boolean {
    if (this.count < 3 || !Number.isFinite(log)) return false;
    const extra = Math.log(extraFactor);
    // Without a history only a jump that no noise makes can be told.
    if (this.count < 12) {
      return log - this.maximum > Math.log(limits.withoutHistory) + extra;
    }
    const cautious = this.count < 24 ? Math.log(3) : 0;
    const sigma = Math.max(this.window.spread(), 0.15);
    return log - this.window.median() > Math.max(Math.log(limits.factor), limits.deviations * sigma) + extra + cautious
      && log - this.maximum > Math.log(limits.overMaximum)
      && log - this.early > Math.log(limits.overEarly);
  }
}

/** Steps between histograms: never more often, so that they don't fill the disk where they cost nothing, … */
const MIN_INTERVAL = 5;
/** … and never more seldom, so that a long run still has some. */
const MAX_INTERVAL = 1000;
const SMOOTHING = 0.9;

export interface StepCost {
  /** Milliseconds of the step that were ours. */
  ours: number;
  /** Milliseconds since the end of the step before; null for the first. */
  whole: number | null;
}

/**
 * Keeps the cost of what can be thinned (histograms) within the budget. Moments are taken at
 * every step whatever they cost: their cost is reported, not governed.
 */
export class Governor {
  readonly #budget: number;
  #oursSum = 0;
  #wholeSum = 0;
  /** Usual cost of a step without a histogram, and what a histogram adds to it. */
  #plain: number | null = null;
  #histogram: number | null = null;
  #wholeUsual: number | null = null;
  #sampled = false;
  #sinceHistogram = 0;
  #first = true;

  /** @param budgetPct most that histograms may cost, in percent of step time */
  constructor(budgetPct: number) {
    this.#budget = budgetPct / 100;
  }

  /** Our share of the time between steps, in percent; null before the second step. */
  get overheadPct(): number | null {
    return this.#wholeSum === 0 ? null : (100 * this.#oursSum) / this.#wholeSum;
  }

  /** Whether this step is to have histograms. Asked once a step. */
  wantsHistograms(): boolean {
    this.#sampled = this.#first || this.#sinceHistogram >= this.#interval();
    this.#first = false;
    this.#sinceHistogram = this.#sampled ? 1 : this.#sinceHistogram + 1;
    return this.#sampled;
  }

  observe(cost: StepCost): void {
    // The first step compiles and allocates: it says nothing of the others.
    if (cost.whole === null) return;
    this.#oursSum += cost.ours;
    this.#wholeSum += cost.whole;
    this.#wholeUsual = smooth(this.#wholeUsual, cost.whole);
    if (this.#sampled) this.#histogram = smooth(this.#histogram, Math.max(0, cost.ours - (this.#plain ?? 0)));
    else this.#plain = smooth(this.#plain, cost.ours);
  }

  #interval(): number {
    if (this.#histogram === null || this.#wholeUsual === null || this.#wholeUsual === 0) return MIN_INTERVAL;
    const needed = Math.ceil(this.#histogram / (this.#budget * this.#wholeUsual));
    return Math.min(MAX_INTERVAL, Math.max(MIN_INTERVAL, needed));
  }
}

function smooth(before: number | null, now: number): number {
  return before === null ? now : SMOOTHING * before + (1 - SMOOTHING) * now;
}

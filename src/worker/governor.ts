/** Steps between histograms: never more often, so that they don't fill the disk where they cost nothing, … */
const MIN_INTERVAL = 5;
/** … nor, in a long run, than so many over its length: their number grows with its logarithm, and so does their file; … */
const OVER_THE_RUN = 2000;
/** … and never more seldom, so that a long run still has some. */
const MAX_INTERVAL = 1000;
/**
 * How many times the interval before an interval is at most. The first histograms are dear, their code is not compiled yet: what
 * they cost must not keep a run of a few hundred steps without the next ones.
 */
const MAX_GROWTH = 4;
/** Of the budget, what sampled steps have in any case. */
const LEAST_SHARE = 1 / 8;
/** Least weight of what is new in what is usual: up to ten values that is their mean. */
const NEWEST = 0.1;
/** A step that took so many times the usual had a pause in it (an evaluation, a file that was saved): the next ones won't. */
const PAUSE = 4;

export interface StepCost {
  /** Milliseconds of the step that were ours. */
  ours: number;
  /** Milliseconds since the end of the step before; null for the first. */
  whole: number | null;
}

/**
 * Keeps the cost of what can be thinned (histograms and what else sampled steps have) within what moments leave of the budget. Those
 * are taken at every step whatever they cost: where they alone cost more, an eighth of the budget goes to the rest.
 */
export class Governor {
  readonly #budget: number;
  /** Usual cost of a step without a histogram, and what a histogram adds to it. */
  readonly #plain = new Usual();
  readonly #histogram = new Usual();
  readonly #whole = new Usual();
  #sampled = false;
  #sinceHistogram = 0;
  /** Most steps from the last histogram to the next; null before the first. */
  #longest: number | null = null;
  #steps = 0;

  /** @param budgetPct most that observation is to cost, in percent of step time */
  constructor(budgetPct: number) {
    this.#budget = budgetPct / 100;
  }

  /** Whether this step is to have histograms. Asked once a step. */
  wantsHistograms(): boolean {
    this.#steps++;
    this.#sampled = this.#longest === null || this.#sinceHistogram >= this.#interval(this.#longest);
    if (this.#sampled) this.#longest = Math.max(MIN_INTERVAL, MAX_GROWTH * this.#sinceHistogram);
    this.#sinceHistogram = this.#sampled ? 1 : this.#sinceHistogram + 1;
    return this.#sampled;
  }

  observe(cost: StepCost): void {
    // The first step compiles and allocates: it says nothing of the others.
    if (cost.whole === null) return;
    this.#whole.take(Math.min(cost.whole, PAUSE * (this.#whole.value ?? cost.whole)));
    if (this.#sampled) this.#histogram.take(Math.max(0, cost.ours - (this.#plain.value ?? 0)));
    else this.#plain.take(cost.ours);
  }

  #interval(longest: number): number {
    const least = Math.max(MIN_INTERVAL, this.#steps / OVER_THE_RUN);
    const histogram = this.#histogram.value;
    const whole = this.#whole.value;
    if (histogram === null || whole === null || whole === 0) return least;
    const left = Math.max(LEAST_SHARE * this.#budget, this.#budget - (this.#plain.value ?? 0) / whole);
    const needed = Math.ceil(histogram / (left * whole));
    return Math.min(longest, MAX_INTERVAL, Math.max(least, needed));
  }
}

/** What something usually costs, in milliseconds; null before it was seen. */
class Usual {
  value: number | null = null;
  #seen = 0;

  take(now: number): void {
    this.#seen++;
    const before = this.value ?? now;
    this.value = before + Math.max(NEWEST, 1 / this.#seen) * (now - before);
  }
}

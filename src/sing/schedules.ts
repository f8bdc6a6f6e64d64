/** Rate by the number of updates made before, from 0. Set it before each: `optimizer.learningRate = schedule(step)`. */
export type Schedule = (step: number) => number;

export interface WarmupCosine {
  /** The highest rate; finite, above 0. */
  peak: number;
  /** Number of updates of the whole training; whole, at least 1. */
  totalSteps: number;
  /** Share of the updates in which the rate rises; from 0 to 1. */
  warmup?: number;
  /** The rate at the end; from 0 to `peak`. */
  floor?: number;
}

export interface WarmupConstantCosine extends WarmupCosine {
  /** Share of the updates after the warm-up with the peak rate; with `warmup` at most 1. */
  constant?: number;
}

/**
 * Linear warm-up to the peak, then a half cosine down to the floor, as the authors of SING advise (Courtois et al. 2023,
 * arXiv 2305.15997).
 *
 * A rate is set before each update. SGD and momentum of TensorFlow.js keep a second copy of theirs, so there call
 * `setLearningRate`; Adam, `SingOptimizer` and what `sing()` returns take the property:
 * ```ts
 * const rate = warmupCosine({peak: 0.01, totalSteps: 1000});
 * for (let step = 0; step < 1000; step++) {
 *   optimizer.learningRate = rate(step);
 *   optimizer.minimize(loss);
 * }
 * ```
 * @returns the rate before update number `step`, from 0; `floor` from `totalSteps` on. The first is above 0.
 * @throws an error that names the option when one is out of range
 */
export function warmupCosine(options: WarmupCosine): Schedule {
  return warmupConstantCosine({...options, constant: 0});
}

/**
 * Linear warm-up, the peak for 60 % of the updates, then a half cosine down to the floor; as {@link warmupCosine} otherwise.
 * @throws an error that names the option when one is out of range
 */
export function warmupConstantCosine({peak, totalSteps, warmup = 0.05, constant = 0.6, floor = 0}: WarmupConstantCosine): Schedule {
  check('peak', peak, 'a finite number above 0', Number.isFinite(peak) && peak > 0);
  check('totalSteps', totalSteps, 'a whole number, at least 1', Number.isInteger(totalSteps) && totalSteps >= 1);
  check('warmup', warmup, 'a number from 0 to 1', warmup >= 0 && warmup <= 1);
  check('constant', constant, 'a number from 0 to 1 − warmup', constant >= 0 && constant + warmup <= 1 + Number.EPSILON);
  check('floor', floor, 'a number from 0 to peak', floor >= 0 && floor <= peak);
  const rising = Math.round(warmup * totalSteps);
  const falling = Math.min(totalSteps, rising + Math.round(constant * totalSteps));
  return (step) => {
    if (!Number.isFinite(step) || step < 0) throw new Error(`step: ${String(step)} is out of range; it must be the number of updates made before, from 0`);
    if (step >= totalSteps) return floor;
    if (step < rising) return (peak * (step + 1)) / rising;
    if (step < falling) return peak;
    return floor + ((peak - floor) * (1 + Math.cos((Math.PI * (step - falling)) / (totalSteps - falling)))) / 2;
  };
}

function check(name: string, value: unknown, range: string, holds: boolean): void {
  if (!holds) throw new Error(`${name}: ${String(value)} is out of range; it must be ${range}`);
}

/** Speed is taken over this much of the latest past. */
const WINDOW_MS = 10_000;

/** Index of the first step of the latest past. @param times milliseconds of the steps, in order */
export function latestFrom(times: ArrayLike<number>): number {
  const since = (times[times.length - 1] ?? 0) - WINDOW_MS;
  let first = Math.max(0, times.length - 1);
  while (first > 0 && (times[first - 1] ?? NaN) >= since) first--;
  return first;
}

/** Steps a second in the latest past; null where it can't be told. @param times milliseconds of the steps, in order */
export function stepSpeed(times: ArrayLike<number>): number | null {
  const first = latestFrom(times);
  const last = times.length - 1;
  const passed = (times[last] ?? NaN) - (times[first] ?? NaN);
  return passed > 0 ? ((last - first) * 1000) / passed : null;
}

/** Steps in all: the limit or the plan of `fit`, whichever comes first; one that is over says nothing more. Null while nobody knows. */
export function plannedSteps(plans: readonly (number | null)[], step: number): number | null {
  const open = plans.filter((plan): plan is number => plan !== null && plan >= step);
  return open.length === 0 ? null : Math.min(...open);
}

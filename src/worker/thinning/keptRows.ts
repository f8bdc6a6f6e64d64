/** Of fewer rows of a group than this share, none are let go: writing them anew would gain too little. */
const WORTH = 0.75;

/** First and last step of a stretch that is kept whole. */
export interface StepSpan {
  first: number;
  last: number;
}

export interface ThinningRule {
  /** Column whose values each form a group of their own. */
  key: string;
  /** Columns whose least and greatest values, and where they first and last were not finite, survive. */
  extremes: readonly string[];
  /** Last step of the record. */
  newest: number;
  /** Steps up to that age are all kept; older ones at distances that grow with their age. */
  whole: number;
  kept: readonly StepSpan[];
}

/**
 * Chooses the rows of a stretch of a table that are kept when it is thinned.
 * @param column the whole stretch's values of a column
 * @returns their places, in order
 */
export function keptRows(rows: number, column: (name: string) => Float64Array, rule: ThinningRule): Uint32Array {
  const steps = column('step');
  const keep = new Uint8Array(rows);
  const extremes = rule.extremes.map(column);
  for (const group of groupsOf(column(rule.key))) {
    const first = steps[group[0] ?? 0] ?? 0;
    const last = steps[group.at(-1) ?? 0] ?? 0;
    const wanted = Math.ceil((last - first + 1) / Math.max(1, (rule.newest - last) / rule.whole));
    if (wanted >= WORTH * group.length) {
      for (const row of group) keep[row] = 1;
      continue;
    }
    for (let i = 0; i < wanted; i++) keep[group[Math.floor((i * group.length) / wanted)] ?? 0] = 1;
    keep[group.at(-1) ?? 0] = 1;
    for (const values of extremes) for (const row of extremeRows(group, values)) keep[row] = 1;
    for (const row of group) if (rule.kept.some((span) => (steps[row] ?? 0) >= span.first && (steps[row] ?? 0) <= span.last)) keep[row] = 1;
  }
  return Uint32Array.from(keep.keys()).filter((row) => keep[row] === 1);
}

function groupsOf(keys: Float64Array): Iterable<number[]> {
  const groups = new Map<number, number[]>();
  keys.forEach((key, row) => {
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  });
  return groups.values();
}

function extremeRows(group: readonly number[], values: Float64Array): number[] {
  let [least, greatest] = [Infinity, -Infinity];
  let [leastRow, greatestRow, firstBroken, lastBroken] = [-1, -1, -1, -1];
  for (const row of group) {
    const value = values[row] ?? NaN;
    if (!Number.isFinite(value)) {
      if (firstBroken < 0) firstBroken = row;
      lastBroken = row;
      continue;
    }
    if (value < least) [least, leastRow] = [value, row];
    if (value > greatest) [greatest, greatestRow] = [value, row];
  }
  return [leastRow, greatestRow, firstBroken, lastBroken].filter((row) => row >= 0);
}

/** Of a stretch of which more than this share would be kept, nothing is let go: writing it anew would gain too little. */
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
 * Chooses the rows of a stretch of a table that are kept when it is thinned: all rows of the steps that are kept as such, so that what
 * belongs together stays together, and of each group its first, its last, and its extremes.
 * @param column the whole stretch's values of a column
 * @returns their places, in order
 */
export function keptRows(rows: number, column: (name: string) => Float64Array, rule: ThinningRule): Uint32Array {
  const steps = column('step');
  const kept = keptSteps(steps, rule);
  if (kept === null) return Uint32Array.from({length: rows}, (_, row) => row);
  const keep = Uint8Array.from(steps, (step) => (kept.has(step) ? 1 : 0));
  const extremes = rule.extremes.map(column);
  for (const group of groupsOf(column(rule.key))) {
    for (const row of [group[0], group.at(-1)]) keep[row ?? 0] = 1;
    for (const values of extremes) for (const row of extremeRows(group, values)) keep[row] = 1;
  }
  return Uint32Array.from(keep.keys()).filter((row) => keep[row] === 1);
}

/** @param stepOf of each row. @returns null where all are kept */
function keptSteps(stepOf: Float64Array, {newest, whole, kept}: ThinningRule): Set<number> | null {
  const rowsOf = new Map<number, number>();
  for (const step of stepOf) rowsOf.set(step, (rowsOf.get(step) ?? 0) + 1);
  const steps = [...rowsOf.keys()].sort((a, b) => a - b);
  const last = steps.at(-1) ?? 0;
  const wanted = Math.ceil((last - (steps[0] ?? 0) + 1) / Math.max(1, (newest - last) / whole));
  const rowsAStep = Math.max(...rowsOf.values());
  if (wanted * rowsAStep >= WORTH * stepOf.length) return null;
  const chosen = new Set(steps.filter((step) => kept.some((span) => step >= span.first && step <= span.last)));
  for (let part = 0; part < wanted; part++) {
    const [from, to] = [part, part + 1].map((edge) => Math.floor((edge * steps.length) / wanted)) as [number, number];
    // Not the first of each part: two networks that train in turn would leave steps of one of them alone.
    chosen.add(steps[from + (scattered(steps[from] ?? 0) % Math.max(1, to - from))] ?? last);
  }
  return chosen;
}

/** A whole number that looks like chance, and is always the same for a step. */
function scattered(step: number): number {
  return (Math.imul(step ^ (step >>> 15), 0x2c1b3c6d) >>> 7);
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

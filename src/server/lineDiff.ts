/** Edits within one gap that are looked for before it is taken as replaced. */
const MOST_EDITS = 400;
/** Cells of the table that pairs changed lines. */
const MOST_PAIRS = 10_000;
/** Share of common words that makes two lines the same line, changed. */
const LEAST_LIKENESS = 0.4;

/** A line as it is compared: moving a block in or out is no change. */
export function lineKey(line: string): string {
  return line.trim();
}

/**
 * For each line of `now` the line of `old` that it is, unchanged but for indentation; -1 where it is new or changed.
 * Lines that are unique in both anchor the match (patience diff), between them the shortest edit is taken (Myers).
 */
export function matchLines(old: readonly string[], now: readonly string[]): Int32Array {
  const result = new Int32Array(now.length).fill(-1);
  const ids = new Map<string, number>();
  const number = (line: string): number => {
    const key = lineKey(line);
    let id = ids.get(key);
    if (id === undefined) ids.set(key, (id = ids.size));
    return id;
  };
  new Matcher(Int32Array.from(old, number), Int32Array.from(now, number), result).match(0, old.length, 0, now.length);
  return result;
}

/**
 * As `matchLines`, and lines between two matches that are alike are taken as the same line, changed.
 */
export function followLines(old: readonly string[], now: readonly string[]): Int32Array {
  const result = matchLines(old, now);
  let oldFrom = 0;
  for (let at = 0; at <= now.length; ) {
    const gapFrom = at;
    while (at < now.length && result[at] === -1) at++;
    const oldTo = at < now.length ? (result[at] as number) : old.length;
    if (at > gapFrom && oldTo > oldFrom) pairChanged(old, oldFrom, oldTo, now, gapFrom, at, result);
    oldFrom = oldTo + 1;
    at++;
  }
  return result;
}

class Matcher {
  constructor(private readonly old: Int32Array, private readonly now: Int32Array, private readonly result: Int32Array) {}

  match(oldFrom: number, oldTo: number, nowFrom: number, nowTo: number): void {
    const {old, now, result} = this;
    while (oldFrom < oldTo && nowFrom < nowTo && old[oldFrom] === now[nowFrom]) result[nowFrom++] = oldFrom++;
    while (oldFrom < oldTo && nowFrom < nowTo && old[oldTo - 1] === now[nowTo - 1]) result[--nowTo] = --oldTo;
    if (oldFrom === oldTo || nowFrom === nowTo) return;
    const anchors = this.anchors(oldFrom, oldTo, nowFrom, nowTo);
    if (anchors.length === 0) {
      this.shortest(oldFrom, oldTo, nowFrom, nowTo);
      return;
    }
    for (const [oldAt, nowAt] of [...anchors, [oldTo, nowTo] as const]) {
      this.match(oldFrom, oldAt, nowFrom, nowAt);
      if (nowAt < nowTo) result[nowAt] = oldAt;
      oldFrom = oldAt + 1;
      nowFrom = nowAt + 1;
    }
  }

  /** Pairs of lines that are unique on both sides, as many as keep their order. */
  private anchors(oldFrom: number, oldTo: number, nowFrom: number, nowTo: number): [number, number][] {
    const MANY = -1;
    const places = new Map<number, number>();
    for (let i = oldFrom; i < oldTo; i++) places.set(this.old[i] as number, places.has(this.old[i] as number) ? MANY : i);
    const nowPlaces = new Map<number, number>();
    for (let i = nowFrom; i < nowTo; i++) nowPlaces.set(this.now[i] as number, nowPlaces.has(this.now[i] as number) ? MANY : i);
    const pairs: [number, number][] = [];
    for (const [id, nowAt] of nowPlaces) {
      const oldAt = places.get(id) ?? MANY;
      if (nowAt !== MANY && oldAt !== MANY) pairs.push([oldAt, nowAt]);
    }
    return longestRising(pairs);
  }

  /** Myers' greedy algorithm: https://doi.org/10.1007/BF01840446 */
  private shortest(oldFrom: number, oldTo: number, nowFrom: number, nowTo: number): void {
    const {old, now, result} = this;
    const rows = oldTo - oldFrom;
    const columns = nowTo - nowFrom;
    const most = Math.min(rows + columns, MOST_EDITS);
    const reach = new Int32Array(2 * most + 3);
    const middle = most + 1;
    const trace: Int32Array[] = [];
    for (let edits = 0; edits <= most; edits++) {
      trace.push(reach.slice());
      for (let k = -edits; k <= edits; k += 2) {
        const down = k === -edits || (k !== edits && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
        let x = down ? (reach[middle + k + 1] as number) : (reach[middle + k - 1] as number) + 1;
        let y = x - k;
        while (x < rows && y < columns && old[oldFrom + x] === now[nowFrom + y]) { x++; y++; }
        reach[middle + k] = x;
        if (x >= rows && y >= columns) {
          backtrack(trace, middle, rows, columns, (oldAt, nowAt) => { result[nowFrom + nowAt] = oldFrom + oldAt; });
          return;
        }
      }
    }
  }
}

function backtrack(trace: readonly Int32Array[], middle: number, rows: number, columns: number, matched: (old: number, now: number) => void): void {
  let x = rows;
  let y = columns;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] as Int32Array;
    const k = x - y;
    const down = k === -edits || (k !== edits && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
    const before = down ? k + 1 : k - 1;
    const fromX = edits === 0 ? 0 : (reach[middle + before] as number);
    const fromY = edits === 0 ? 0 : fromX - before;
    while (x > fromX && y > fromY && x > 0 && y > 0) matched(--x, --y);
    x = fromX;
    y = fromY;
  }
}

/** The longest part of pairs, given in order of their second, whose firsts rise. */
function longestRising(pairs: readonly [number, number][]): [number, number][] {
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([first], at) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] as number] as [number, number])[0] < first) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? (tails[low - 1] as number) : -1;
    tails[low] = at;
  });
  const chain: [number, number][] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] as number) chain.push(pairs[at] as [number, number]);
  return chain.reverse();
}

/** Pairs the lines of a gap in order so that the sum of their likeness is largest. */
function pairChanged(old: readonly string[], oldFrom: number, oldTo: number, now: readonly string[], nowFrom: number, nowTo: number, result: Int32Array): void {
  const rows = oldTo - oldFrom;
  const columns = nowTo - nowFrom;
  if (rows * columns > MOST_PAIRS) {
    if (rows === columns) for (let i = 0; i < rows; i++) if (likeness(old[oldFrom + i] ?? '', now[nowFrom + i] ?? '') >= LEAST_LIKENESS) result[nowFrom + i] = oldFrom + i;
    return;
  }
  const width = columns + 1;
  const sums = new Float64Array((rows + 1) * width);
  const alike = new Float64Array(rows * columns);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const share = likeness(old[oldFrom + i] ?? '', now[nowFrom + j] ?? '');
      alike[i * columns + j] = share >= LEAST_LIKENESS ? share : 0;
      const paired = share >= LEAST_LIKENESS ? (sums[(i + 1) * width + j + 1] as number) + share : -1;
      sums[i * width + j] = Math.max(paired, sums[(i + 1) * width + j] as number, sums[i * width + j + 1] as number);
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    const share = alike[i * columns + j] as number;
    const here = sums[i * width + j] as number;
    if (share > 0 && here === (sums[(i + 1) * width + j + 1] as number) + share) result[nowFrom + j++] = oldFrom + i++;
    else if (here === sums[(i + 1) * width + j]) i++;
    else j++;
  }
}

/** Share of words that two lines have in common (Dice), 0 … 1. */
export function likeness(a: string, b: string): number {
  const wordsOfA = a.match(/[\p{L}\p{N}_$]+/gu) ?? [];
  const wordsOfB = b.match(/[\p{L}\p{N}_$]+/gu) ?? [];
  if (wordsOfA.length + wordsOfB.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const word of wordsOfA) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of wordsOfB) {
    const left = counts.get(word) ?? 0;
    if (left === 0) continue;
    counts.set(word, left - 1);
    common++;
  }
  return (2 * common) / (wordsOfA.length + wordsOfB.length);
}

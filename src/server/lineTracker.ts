import {followLines, lineKey} from './lineDiff';

/** Lines that an edit replaced. */
export interface LineEdit {
  /** First line that was replaced. */
  line: number;
  /** How many lines of the text before were replaced. */
  removed: number;
  /** What stands in their place. */
  inserted: readonly string[];
  /** The first replaced line is still whole, as the first inserted one. */
  keepsFirst: boolean;
  /** The last replaced line is still whole, as the last inserted one. */
  keepsLast: boolean;
}

/** Where a line of the recorded text stands now. */
export interface LinePlace {
  line: number;
  /** Its text is another, indentation apart. */
  isChanged: boolean;
}

const GONE = -1;

/**
 * Follows the lines of a recorded text through the edits of a buffer. Edits are known as they are made, so
 * that of ten equal lines the one that was deleted is gone, which no comparison of texts can tell.
 */
export class LineTracker {
  /** For each line of the buffer the recorded line that it is; -1 for none. */
  private origins: number[];
  /** For each recorded line its line of the buffer; made when it is asked for. */
  private places: Int32Array | null = null;

  constructor(private readonly recorded: readonly string[], lines: readonly string[]) {
    this.origins = Array.from(followLines(recorded, lines));
  }

  /** @param lines text after the edit */
  apply({line, removed, inserted, keepsFirst, keepsLast}: LineEdit): void {
    const {origins, recorded} = this;
    const whole = (at: number, isKept: boolean): number[] => (isKept ? [origins[at] ?? GONE] : []);
    const first = whole(line, keepsFirst && inserted.length > 0);
    const last = whole(line + removed - 1, keepsLast && inserted.length > first.length && removed > first.length);
    const from = nearest([...origins.slice(0, line), ...first], -1) + 1;
    const to = nearest([...last, ...origins.slice(line + removed)], 1, recorded.length);
    const middle = inserted.slice(first.length, inserted.length - last.length);
    const found = from < to ? Array.from(followLines(recorded.slice(from, to), middle), (origin) => (origin < 0 ? GONE : origin + from)) : middle.map(() => GONE);
    this.origins = [...origins.slice(0, line), ...first, ...found, ...last, ...origins.slice(line + removed)];
    this.places = null;
  }

  /** Where a recorded line, from 0, is now; null where it is gone. */
  place(recordedLine: number, lines: readonly string[]): LinePlace | null {
    const line = this.allPlaces()[recordedLine] ?? GONE;
    if (line < 0) return null;
    return {line, isChanged: lineKey(lines[line] ?? '') !== lineKey(this.recorded[recordedLine] ?? '')};
  }

  /** The recorded line that a line of the buffer is; null for a new one. */
  origin(line: number): number | null {
    const origin = this.origins[line] ?? GONE;
    return origin < 0 ? null : origin;
  }

  private allPlaces(): Int32Array {
    if (this.places === null) {
      this.places = new Int32Array(this.recorded.length).fill(GONE);
      this.origins.forEach((origin, line) => {
        if (origin >= 0) (this.places as Int32Array)[origin] = line;
      });
    }
    return this.places;
  }
}

/** The known origin that is nearest to the edit: the last of those before it, or the first of those behind it. */
function nearest(origins: readonly number[], direction: -1 | 1, none = GONE): number {
  for (let at = direction < 0 ? origins.length - 1 : 0; at >= 0 && at < origins.length; at += direction) {
    if ((origins[at] as number) >= 0) return origins[at] as number;
  }
  return none;
}

import type {RunTail} from './runTail';

/** The runs that matter for one file. */
export interface FileRuns {
  /** Whose findings the file shows: the newest that trained, off arms standing for their trials. */
  speaker: RunTail | null;
  /** One that goes on. */
  live: RunTail | null;
  /** The newest of all, trained or not. */
  newest: RunTail | null;
}

/** @param runs newest first */
export function runsOfFile(key: string, runs: readonly RunTail[], now = Date.now()): FileRuns {
  const found: FileRuns = {speaker: null, live: null, newest: null};
  for (const run of runs) {
    if (!run.touches(key)) continue;
    found.newest ??= run;
    if (run.isLive) found.live ??= run;
    if (!run.isPlain || !run.speaks(now)) continue;
    found.speaker = run;
    break;
  }
  return found;
}

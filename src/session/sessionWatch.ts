import {RunProgress, type ProgressNews} from './runProgress';
import type {SessionRuns} from './sessionRuns';

/** Follows all runs of an invocation, its children's as they turn up. */
export class SessionWatch {
  private readonly known = new Map<string, RunProgress>();

  constructor(private readonly runs: SessionRuns) {}

  /** Reads on in every run. Runs without news are left out. */
  look(): {progress: RunProgress; news: ProgressNews}[] {
    for (const dir of this.runs.dirs()) this.open(dir);
    return [...this.known.values()]
      .map((progress) => ({progress, news: progress.look()}))
      .filter(({news}) => news.changed);
  }

  /** All runs so far, oldest first. */
  get all(): RunProgress[] {
    return [...this.known.values()];
  }

  private open(dir: string): void {
    if (this.known.has(dir)) return;
    try {
      this.known.set(dir, new RunProgress(dir));
    } catch {
      // Its run.json is being written; the next look finds it.
    }
  }
}

import {statSync} from 'node:fs';
import {join} from 'node:path';
import {runFiles} from '../../protocol/runFolder';
import type {RunStatus} from '../../protocol/runSummary';
import {readLaunch} from '../../runs/launchFile';
import {RunReader} from '../../runs/runReader';
import {LossEnds} from './lossEnds';

/** Bytes of each file that are read at once: what lies between two looks at the clock. */
const PIECE_BYTES = 1 << 20;
/** How often it is looked whether the process of a run is still there. */
const STATUS_MS = 250;
/** How often it is looked whether the folder of a run that is over is still there. */
const IDLE_MS = 1_000;

const watched = [runFiles.steps, runFiles.parameters, runFiles.compactParameters, runFiles.histograms, runFiles.updates, runFiles.events, runFiles.exit];

/** A run that a panel shows, read on while it goes on. */
export class FollowedRun {
  readonly reader: RunReader;
  readonly losses = new LossEnds();
  status: RunStatus = 'running';
  /** Its folder has vanished; what was read stays. */
  gone = false;
  /** Nothing that was there at the last look is unread. */
  complete = false;
  /** Last step of the record, 0 before the first. */
  newest = 0;
  /** Whether its parameters are read; false for a run of which only loss and norm are drawn. */
  private layers = false;
  private rows = 0;
  private seen = '';
  private lookedAt = -Infinity;
  private statusAt = -Infinity;

  /** @throws RunError where the folder holds no run that can be read */
  constructor(dir: string) {
    this.reader = new RunReader(dir, readLaunch(dir));
  }

  /** From now on the parameters are read too. */
  wantLayers(): void {
    if (this.layers) return;
    this.layers = true;
    this.complete = false;
  }

  /**
   * Looks for news and reads them, one piece of each file.
   * @param now milliseconds
   * @returns whether anything changed
   */
  read(now: number): boolean {
    if (this.gone || (this.complete && !this.hasNews(now))) return false;
    const changed = this.reader.refresh({bytes: PIECE_BYTES, layers: this.layers});
    this.complete = !changed;
    this.findNewest();
    return this.complete ? this.updateStatus(now) || changed : changed;
  }

  private hasNews(now: number): boolean {
    if (this.status !== 'running' && now - this.lookedAt < IDLE_MS) return false;
    this.lookedAt = now;
    const sizes = watched.map((file) => sizeOf(join(this.reader.dir, file))).join();
    if (sizes !== this.seen) {
      this.seen = sizes;
      this.gone = sizeOf(join(this.reader.dir, runFiles.launch)) === null;
      return true;
    }
    return this.status === 'running' && now - this.statusAt >= STATUS_MS;
  }

  private updateStatus(now: number): boolean {
    this.statusAt = now;
    const before = this.status;
    if (!this.gone) this.status = this.reader.status();
    return this.status !== before;
  }

  private findNewest(): void {
    const step = this.reader.steps.column('step');
    for (; this.rows < step.length; this.rows++) this.newest = Math.max(this.newest, step[this.rows] ?? 0);
  }
}

function sizeOf(path: string): number | null {
  return statSync(path, {throwIfNoEntry: false})?.size ?? null;
}

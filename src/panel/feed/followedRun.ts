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
/** How often it is looked whether the folder of a run that is over is still there, and whether one that has vanished is back. */
const IDLE_MS = 1_000;
/** A record is read anew, thinned as it is by then, where that many rows are held and … */
const MANY_ROWS = 1 << 19;
/** … that many times as many as when it was last read whole. */
const GROWTH = 1.5;

const watched = [runFiles.steps, runFiles.parameters, runFiles.compactParameters, runFiles.histograms, runFiles.updates, runFiles.events, runFiles.exit];

/** A run that a panel shows, read on while it goes on. */
export class FollowedRun {
  /** Another one after a long run's record was thinned. */
  reader: RunReader;
  losses = new LossEnds();
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
  /** Reads the thinned record while `reader` is still shown: what was let go on disk is to be let go here too. */
  private successor: RunReader | null = null;
  /** Rows of the record when it was last read whole. */
  private wholeRows: number | null = null;
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
    if ((this.complete || this.gone) && !this.hasNews(now)) return false;
    const changed = this.refresh(this.reader);
    const renewed = this.renew();
    this.complete = !changed && !this.reader.isBehind && this.successor === null;
    if (this.complete) this.wholeRows ??= this.reader.heldRows;
    this.findNewest();
    return (this.complete && this.updateStatus(now)) || changed || renewed;
  }

  private refresh(reader: RunReader): boolean {
    return reader.refresh({bytes: PIECE_BYTES, layers: this.layers});
  }

  /** @returns whether another reader has taken the place of the one that was */
  private renew(): boolean {
    const {reader, wholeRows} = this;
    if (this.successor === null && reader.wasReplaced && wholeRows !== null && reader.heldRows > Math.max(MANY_ROWS, GROWTH * wholeRows)) {
      this.successor = new RunReader(reader.dir, reader.launch);
    }
    if (this.successor === null || this.refresh(this.successor) || this.successor.isBehind) return false;
    this.reader = this.successor;
    this.losses = new LossEnds();
    this.rows = 0;
    this.wholeRows = this.reader.heldRows;
    this.successor = null;
    return true;
  }

  private hasNews(now: number): boolean {
    if ((this.status !== 'running' || this.gone) && now - this.lookedAt < IDLE_MS) return false;
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

import {availableParallelism} from 'node:os';
import {performance} from 'node:perf_hooks';

const MICROS = 1000;

/**
 * What the recorder thread costs the training. It works beside it, and slows it only while every processor is wanted: as far as the
 * training's own threads keep more than one of them busy, its time counts.
 */
export class RecorderCost {
  readonly #begin = performance.now();
  readonly #cpu = process.cpuUsage();
  readonly #loop = performance.eventLoopUtilization();

  /** In percent of the time since it was made. */
  get pct(): number {
    const wall = performance.now() - this.#begin;
    if (wall <= 0) return 0;
    const own = performance.eventLoopUtilization(this.#loop).active / wall;
    const {user, system} = process.cpuUsage(this.#cpu);
    const busy = (user + system) / MICROS / wall - own;
    const cores = availableParallelism();
    const contended = cores === 1 ? 1 : Math.min(1, Math.max(0, (busy - 1) / (cores - 1)));
    return 100 * own * contended;
  }
}

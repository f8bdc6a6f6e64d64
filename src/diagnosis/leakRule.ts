import {readable, type Draft} from './draft';
import type {StepObservation} from './observation';

const BLOCK_STEPS = 10;
/** Blocks in a row that must grow. */
const GROWING_BLOCKS = 6;
/** The growth must go on for so many blocks after the first steps, in which optimizers make their slots. */
const FIRST_BLOCKS = 2;
/** Tensors that a block must add. */
const LEAST_GROWTH = 5;
/** Steps of a block that must add some: models made one after another grow in bursts. */
const LEAST_RISES = 5;

/** Growth that matters: a short training may well leave its few small batches behind. Either is enough. */
const LEAST_TENSORS = 1000;
const LEAST_BYTES = 16 * 2 ** 20;

/** Fewest tensors of some steps, and the last step that had so few. */
interface Floor {
  count: number;
  /** As recorded, with what `fit` keeps. */
  tensors: number;
  bytes: number;
  step: number;
  /** Steps of the thread up to then. */
  seen: number;
}

/**
 * Tensors of a thread that are never given back: the fewest of every ten steps grow, and most steps add some.
 * Counts that are given back now and then must have grown for longer than they did before.
 */
export class LeakRule {
  private seen = 0;
  private last = NaN;
  private rises = 0;
  private floor: Floor | null = null;
  private before: Floor | null = null;
  private start: Floor | null = null;
  private growing = 0;
  private needed = GROWING_BLOCKS;
  private isSaid = false;

  /** @param kept tensors that tfjs itself keeps for a while. */
  judge({step, tensors, bytes}: StepObservation, kept: number): Draft | null {
    if (this.isSaid) return null;
    const count = tensors - kept;
    this.seen++;
    if (count > this.last) this.rises++;
    this.last = count;
    if (this.floor === null || count <= this.floor.count) this.floor = {count, tensors, bytes, step, seen: this.seen};
    if (this.seen % BLOCK_STEPS !== 0) return null;
    this.closeBlock(this.floor);
    const {start} = this;
    if (start === null || this.growing < this.needed || this.seen < BLOCK_STEPS * (FIRST_BLOCKS + GROWING_BLOCKS)) return null;
    if (count - start.count < LEAST_TENSORS && bytes - start.bytes < LEAST_BYTES) return null;
    this.isSaid = true;
    const perStep = (count - start.count) / (this.seen - start.seen);
    return {
      rule: 'leak', severity: 'warning', onsetStep: start.step + 1, step, layer: null, parameter: null, value: tensors, baseline: start.tensors, confidence: 0.9,
      message: `Tensors are not given back: ${start.tensors} at step ${start.step}, ${tensors} at step ${step}, about ${readable(perStep)} more a step. `
        + 'Wrap what a step computes in tf.tidy and dispose what leaves it: batches, losses that are returned, and the gradients and the value that variableGrads and computeGradients hand out. '
        + 'tf.memory().numTensors after each statement of the loop shows which one adds to it.',
    };
  }

  private closeBlock(floor: Floor): void {
    const {before} = this;
    const grew = before !== null && floor.count >= before.count + LEAST_GROWTH && this.rises >= LEAST_RISES;
    if (grew) {
      if (this.growing === 0) this.start = before;
      this.growing++;
    } else {
      if (before !== null && floor.count < before.count) this.needed = Math.max(this.needed, this.growing + GROWING_BLOCKS);
      this.growing = 0;
    }
    this.before = floor;
    this.floor = null;
    this.rises = 0;
  }
}

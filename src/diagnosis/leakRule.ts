import {readable, type Draft} from './draft';
import type {StepObservation, TensorTrace} from './observation';

const BLOCK_STEPS = 10;
/** Blocks in a row that must grow. */
const GROWING_BLOCKS = 6;
/** The growth must go on for so many blocks after the first steps, in which optimizers make their slots. */
const FIRST_BLOCKS = 2;
/** Tensors that a block must add. */
const LEAST_GROWTH = 5;
/** Steps of a block that must add some: models made one after another grow in bursts. */
const LEAST_RISES = 5;

/** Growth that matters where it is not known what grows. Either is enough. */
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
 * Tensors of a thread that are never given back: the fewest of every ten steps grow, and most steps add some. Where the
 * worker has found out where they are made, what it found counts; else the growth, less what `fit` keeps, must be large.
 */
export class LeakRule {
  /** Where tensors were made that nobody gave back, when that was last looked for. */
  trace: TensorTrace | null = null;
  private readonly all = new SteadyGrowth();
  private readonly own = new SteadyGrowth();
  wasSaid = false;

  /** @param kept tensors that tfjs itself keeps for a while, at most */
  judge(observation: StepObservation, kept: number): Draft | null {
    if (this.wasSaid) return null;
    const {step, tensors, bytes} = observation;
    const all = this.all.add(observation, tensors);
    const own = this.own.add(observation, tensors - kept);
    const traced = all !== null && this.trace !== null && this.trace.step > all.start.step ? this.trace : null;
    const growth = traced === null ? own : all;
    if (growth === null) return null;
    const {start, steps} = growth;
    const grown = tensors - (traced === null ? kept : 0) - start.count;
    if (traced === null && grown < LEAST_TENSORS && bytes - start.bytes < LEAST_BYTES) return null;
    this.wasSaid = true;
    return {
      rule: 'leak', severity: 'warning', onsetStep: start.step + 1, step, layer: null, parameter: null, value: tensors, baseline: start.tensors, confidence: 0.9,
      site: traced?.places[0]?.site ?? null,
      message: `Tensors are not given back: ${start.tensors} at step ${start.step}, ${tensors} at step ${step}, about ${readable(grown / steps)} more a step. ${traced === null ? '' : placesText(traced)}`
        + 'Wrap what a step computes in tf.tidy and dispose what leaves it: batches, losses that are returned, and the gradients and the value that variableGrads and computeGradients hand out.'
        + (traced === null ? ' tf.memory().numTensors after each statement of the loop shows which one adds to it.' : ''),
    };
  }
}

/** Growth of a count block by block. What is given back now and then must have grown for longer than it did before. */
class SteadyGrowth {
  private seen = 0;
  private last = NaN;
  private rises = 0;
  private floor: Floor | null = null;
  private before: Floor | null = null;
  private start: Floor | null = null;
  private growing = 0;
  private needed = GROWING_BLOCKS;

  /** @returns at the end of a block, since when it has grown without end, and for how many steps */
  add({step, tensors, bytes}: StepObservation, count: number): {start: Floor; steps: number} | null {
    this.seen++;
    if (count > this.last) this.rises++;
    this.last = count;
    if (this.floor === null || count <= this.floor.count) this.floor = {count, tensors, bytes, step, seen: this.seen};
    if (this.seen % BLOCK_STEPS !== 0) return null;
    this.closeBlock(this.floor);
    const {start} = this;
    if (start === null || this.growing < this.needed || this.seen < BLOCK_STEPS * (FIRST_BLOCKS + GROWING_BLOCKS)) return null;
    return {start, steps: this.seen - start.seen};
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

/** "Each step leaves 4 from variableGrads at train.js:14 and 1 from mean at train.js:12. " */
function placesText({places, steps}: TensorTrace): string {
  const parts = places.map(({site, by, tensors}) => `${readable(tensors / steps)}${by === null ? '' : ` from ${by}`} at ${site.file.replace(/^.*[\\/]/, '')}:${site.line}`);
  const last = parts.pop();
  if (last === undefined) return '';
  return `Each step leaves ${parts.length === 0 ? '' : `${parts.join(', ')} and `}${last}. `;
}

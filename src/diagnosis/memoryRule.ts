import type {Draft} from './draft';
import type {StepObservation} from './observation';

const MIB = 2 ** 20;
/** The least of so many steps is what is left when garbage has been collected; twice as many each time that was too few. */
const BLOCK_STEPS = 50;
const MOST_BLOCK_STEPS = 1600;
/** Blocks in a row that must grow. */
const GROWING_BLOCKS = 10;

export type MemoryKind = 'bytes' | 'heap' | 'rest';

interface MemoryText {
  /** Growth that matters: V8 lets half a gigabyte of garbage come together before it collects all of a heap for the first time. */
  leastMib: number;
  what: string;
  advice: string;
}

const texts: Record<MemoryKind, MemoryText> = {
  bytes: {
    leastMib: 32, what: 'Tensors become larger, though there are no more of them',
    advice: 'One that is made from its own last value (concat, pad, stack) grows each time: keep only as much of it as is needed.',
  },
  heap: {
    leastMib: 640, what: 'JavaScript\'s heap grows and is not given back',
    advice: 'Something keeps what steps make: an array of batches, losses or logs, a cache without a bound, listeners. Two heap snapshots (node --inspect, the Memory tab of Chrome) some hundred steps apart show what was added.',
  },
  rest: {
    leastMib: 512, what: 'The process grows outside of tensors and of JavaScript\'s heap',
    advice: 'Typed arrays and Buffers lie there, and what native modules hold: look for images or batches that are kept, and for sessions and files that are not closed.',
  },
};

interface Floor {
  value: number;
  tensors: number;
  step: number;
}

/** Memory of a training thread that grows without end, where it is not the number of tensors that does. */
export class MemoryRule {
  private readonly growths = {bytes: new FloorGrowth(), heap: new FloorGrowth(), rest: new FloorGrowth()};

  /** @param isSaid whether that kind of memory was spoken of already */
  judge(observation: StepObservation, isSaid: (kind: MemoryKind) => boolean): {kind: MemoryKind; draft: Draft} | null {
    const {step, bytes, heap, rss, tensors} = observation;
    if (heap === undefined || rss === undefined) return null;
    let found: {kind: MemoryKind; draft: Draft} | null = null;
    for (const [kind, value] of [['bytes', bytes], ['heap', heap], ['rest', rss - heap - bytes]] as const) {
      const growth = this.growths[kind].add({value, tensors, step});
      if (growth === null || isSaid(kind) || growth.last.value - growth.start.value < texts[kind].leastMib * MIB) continue;
      if (kind === 'bytes' && growth.last.tensors > growth.start.tensors) continue;
      found ??= {kind, draft: draftOf(texts[kind], growth.start, growth.last, step)};
    }
    return found;
  }
}

function draftOf({what, advice}: MemoryText, start: Floor, last: Floor, step: number): Draft {
  const mib = (bytes: number): string => `${Math.round(bytes / MIB)} MiB`;
  const each = (last.value - start.value) / (last.step - start.step) / 1024;
  return {
    rule: 'memory', severity: 'warning', onsetStep: start.step + 1, step, layer: null, parameter: null, value: last.value, baseline: start.value, confidence: 0.7, site: null,
    message: `${what}: ${mib(start.value)} at step ${start.step}, ${mib(last.value)} at step ${last.step}, about ${Math.round(each)} KiB more a step. ${advice}`,
  };
}

/** Growth of the least value of every block of steps. */
class FloorGrowth {
  private seen = 0;
  private blockSteps = BLOCK_STEPS;
  private floor: Floor | null = null;
  private before: Floor | null = null;
  private start: Floor | null = null;
  private growing = 0;

  /** @returns at the end of a block, since when it has grown in every block, once those are enough */
  add(now: Floor): {start: Floor; last: Floor} | null {
    if (this.floor === null || now.value < this.floor.value) this.floor = now;
    if (++this.seen < this.blockSteps) return null;
    const {before, floor} = this;
    this.seen = 0;
    this.before = floor;
    this.floor = null;
    if (before === null) return null;
    if (floor.value <= before.value) {
      // Collected only now: the blocks were too short to tell growth from what waits for it.
      if (this.growing > 0) this.blockSteps = Math.min(MOST_BLOCK_STEPS, 2 * this.blockSteps);
      this.growing = 0;
      return null;
    }
    if (this.growing === 0) this.start = before;
    this.growing++;
    return this.growing < GROWING_BLOCKS || this.start === null ? null : {start: this.start, last: floor};
  }
}

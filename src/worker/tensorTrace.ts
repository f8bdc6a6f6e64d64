import type {RunEventOf} from '../protocol/events';
import {callerSite, captureFrames, isLibraryFrame, type Frame} from './callSites';
import type {TfEngine, TfTensor} from './tfjsTypes';

const STEPS = 6;
/** What is younger than this may still be given back. */
const GRACE_STEPS = 2;
const MOST_SITES = 5;
/** What `fit` itself keeps of each epoch until it returns. */
const FIT_FRAMES = /(?:^|\.)fit(?:Loop|Dataset)$/;
/** Names of the frames that are tfjs itself where it is bundled without a source map. */
const LIBRARY_FRAMES = [
  'trackTensor', 'makeTensor', 'makeTensorFromDataId', 'makeTensorFromTensorInfo', 'runKernel', 'runKernelFunc', 'clone', 'gradients', 'grads', 'variableGrads', 'tidy', 'scopedRun',
];

type Places = RunEventOf<'tensor-trace'>['places'];

interface Made {
  step: number;
  frames: Frame[];
}

/** Follows, for a few steps, where tensors are made that nobody gives back. */
export class TensorTrace {
  readonly #bundled: boolean;
  readonly #made = new Map<number, Made>();
  readonly #restore: () => void;
  #step = 0;

  /** @param bundled tfjs is part of the script itself */
  constructor(engine: TfEngine, bundled: boolean) {
    this.#bundled = bundled;
    const {trackTensor, disposeTensor} = engine;
    const made = this.#made;
    const now = (): number => this.#step;
    engine.trackTensor = (tensor: TfTensor, ...rest: unknown[]) => {
      trackTensor.call(engine, tensor, ...rest);
      made.set(tensor.id, {step: now(), frames: framesOrNone()});
    };
    engine.disposeTensor = (tensor: TfTensor) => {
      disposeTensor.call(engine, tensor);
      made.delete(tensor.id);
    };
    this.#restore = () => { Object.assign(engine, {trackTensor, disposeTensor}); };
  }

  /** A step has ended. @returns where what is left was made, most first, once enough steps were followed */
  stepped(): {steps: number; places: Places} | null {
    this.#step++;
    if (this.#step < STEPS) return null;
    this.#restore();
    const steps = STEPS - GRACE_STEPS;
    return {steps, places: this.#places(steps)};
  }

  #places(steps: number): Places {
    const byPlace = new Map<string, Places[number]>();
    for (const {step, frames} of this.#made.values()) {
      if (step >= steps) continue;
      const place = this.#placeOf(frames);
      if (place === null) continue;
      const key = `${place.by ?? ''} ${place.site.file}:${place.site.line}`;
      const known = byPlace.get(key);
      if (known) known.tensors++;
      else byPlace.set(key, {...place, tensors: 1});
    }
    return [...byPlace.values()].sort((a, b) => b.tensors - a.tensors).slice(0, MOST_SITES);
  }

  /** null for what the user's code did not ask for: `fit` keeps something of each epoch until it returns. */
  #placeOf(frames: Frame[]): Omit<Places[number], 'tensors'> | null {
    const site = callerSite(frames, this.#bundled ? LIBRARY_FRAMES : null);
    const outside = frames.findIndex((frame) => !isLibraryFrame(frame));
    if (site === null || outside < 0) return null;
    const inside = this.#bundled ? [] : frames.slice(0, outside);
    if (inside.some(({name}) => FIT_FRAMES.test(name))) return null;
    const by = inside.at(-1)?.name.replace(/^.*\./, '').replace(/_*(?:op)?$/, '') ?? '';
    return {site, by: by === '' ? null : by};
  }
}

/** A script may have put something of its own in the place of V8's stack: then there are no places. */
function framesOrNone(): Frame[] {
  try {
    return captureFrames();
  } catch {
    return [];
  }
}

/** Whether an engine can be followed: it has what the trace stands around. */
export function isTraceable(engine: TfEngine): boolean {
  return typeof engine.trackTensor === 'function' && typeof engine.disposeTensor === 'function';
}

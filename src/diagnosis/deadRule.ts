import {deepestIndex} from './blame';
import {layerText, readable, type Draft} from './draft';
import type {LayerTrace, OddStart} from './layerTrace';
import type {Track} from './track';

/** Steps without any gradient that make a layer dead. */
const DEAD_STEPS = 20;

/** Steps with a gradient after which a layer has shown that it bears the learning rate. */
const SETTLED_STEPS = 20;

/** Layers that a sentence names. */
const NAMED = 3;

const advice: Record<OddStart, string> = {
  tiny: 'Its kernel starts at zero or nearly so: give it a usual initializer (glorotNormal, heNormal).',
  large: 'Its kernel starts far too large, which saturates what follows: give it a usual initializer (glorotNormal, heNormal).',
  'growing recurrence': 'Its recurrent kernel starts so large that the state grows with every step: use an orthogonal initializer of gain 1.',
  'negative bias': 'Its bias starts so low that its units never fire: start it at 0, or use leakyReLU.',
};

/** Layers, from the input on or before one that receives only zeros, whose gradients are exactly zero step after step. */
export function judgeDead(track: Track, present: readonly LayerTrace[]): Draft | null {
  const deepest = deepestIndex(present, (layer) => layer.zeroSteps >= DEAD_STEPS);
  const top = present[deepest];
  if (top === undefined) return null;
  const dead = present.slice(0, deepest + 1).filter((layer) => layer.zeroSteps >= DEAD_STEPS);
  const isPrefix = dead.length === deepest + 1;
  const feedsZeros = present.slice(deepest + 1).some((above) => above.zeroInput);
  if (!isPrefix && !feedsZeros) return null;
  const isAll = dead.length === present.length;
  if (isAll && (!track.hasLoss || isDone(track))) return null;
  const onsetStep = track.step - top.zeroSteps + 1;
  const sinceStart = top.zeroSteps === top.steps;
  const blamed = sinceStart ? deadFromStart(dead, isAll ? null : top) : isAll ? null : diedAlone(track, dead, top);
  const which = isAll && dead.length > 1 ? 'every layer' : isPrefix && dead.length > 2 ? `${dead.length} layers, ${layerText(dead[0] ?? top)} to ${layerText(top)},` : listed(dead);
  const since = sinceStart ? 'from the first step on' : `since step ${onsetStep}`;
  const goOn = isAll ? '' : `; ${listed(present.filter((layer) => !dead.includes(layer)))} still ${present.length - dead.length === 1 ? 'gets' : 'get'} one`;
  const odd = sinceStart ? blamed?.oddStart ?? null : null;
  return {
    rule: 'vanishing', severity: 'error', onsetStep, step: track.step, layer: blamed, parameter: blamed?.mainParameter ?? null, value: 0,
    baseline: top.norms.count > 0 ? Math.exp(top.norms.window.median()) : null, confidence: odd !== null ? 0.95 : 0.85,
    message: `The gradient of ${which} is exactly zero ${since} (${top.zeroSteps} steps), while the loss is ${readable(track.loss)}${goOn}. ${blamed === null ? sharedHint(track, dead, isAll ? null : top) : hintOf(track, blamed, odd, sinceStart)}`,
  };
}

function sharedHint({learningRate}: Track, dead: readonly LayerTrace[], top: LayerTrace | null): string {
  const what = top === null ? 'everything saturated or died'
    : hasOddOnes(dead) ? 'several start with values that let hardly any gradient through'
      : `the gradient stops at ${layerText(top)}, as after steps that were too long`;
  return `No single layer is to blame: ${what}. Lower the learning rate (now ${readable(learningRate)}) and look at the initializers, the last activation and the loss.`;
}

function hintOf({learningRate}: Track, blamed: LayerTrace, odd: OddStart | null, sinceStart: boolean): string {
  const layer = layerText(blamed);
  if (odd !== null) return `${layer} is the cause. ${advice[odd]}`;
  return sinceStart
    ? `Its units are dead or cut off at ${layer}: look at its bias, its activation (leakyReLU keeps a gradient) and the learning rate.`
    : `No gradient gets through ${layer} any more: its units died or were cut off. Look at its bias, its activation (leakyReLU keeps a gradient) and the learning rate (now ${readable(learningRate)}).`;
}

/**
 * The topmost of layers that lived and then died, which lets nothing through. A rate that is too high kills within the
 * first steps or when it has risen, wherever it hits: that is nobody's fault alone.
 */
function diedAlone(track: Track, dead: readonly LayerTrace[], top: LayerTrace): LayerTrace | null {
  return top.norms.count < SETTLED_STEPS || track.rateRose() || hasOddOnes(dead) ? null : top;
}

/** Of layers that never had a gradient, the one that was started oddly; several are nobody's fault alone. */
function deadFromStart(dead: readonly LayerTrace[], top: LayerTrace | null): LayerTrace | null {
  return hasOddOnes(dead) ? null : dead.find((layer) => layer.oddStart !== null) ?? top;
}

function hasOddOnes(dead: readonly LayerTrace[]): boolean {
  return dead.filter((layer) => layer.oddStart !== null).length > 1;
}

/** "first (Dense), second (Dense) and 3 more". */
function listed(layers: readonly LayerTrace[]): string {
  const names = layers.slice(0, layers.length > NAMED ? NAMED - 1 : NAMED).map(layerText);
  const last = layers.length > NAMED ? `${layers.length - names.length} more` : names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}

/** The loss is zero, or nearly so against its start: there is nothing left to learn. */
function isDone(track: Track): boolean {
  return !(Math.abs(track.loss) > 0.05 * Math.abs(track.trend.initial()));
}

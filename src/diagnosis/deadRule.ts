import {deepestIndex} from './blame';
import {layerText, readable, type Draft} from './draft';
import type {LayerTrace, OddStart} from './layerTrace';
import type {Track} from './track';

/** Steps without any gradient that make a layer dead. */
const DEAD_STEPS = 20;

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
  // What lived and then died was killed by a step that was too long for all, wherever it shows.
  const blamed = sinceStart ? deadFromStart(dead, isAll ? null : top) : null;
  const which = dead.length === 1 ? layerText(top) : isAll ? `every layer` : `${dead.length} layers, ${layerText(dead[0] ?? top)} to ${layerText(top)},`;
  const since = sinceStart ? 'from the first step on' : `since step ${onsetStep}`;
  const odd = blamed?.oddStart ?? null;
  const hint = blamed === null
    ? `No single layer is to blame: everything saturated or died. Lower the learning rate (now ${readable(track.learningRate)}) and look at the initializers, the last activation and the loss.`
    : odd !== null ? `${layerText(blamed)} is the cause. ${advice[odd]}`
      : `Its units are dead or cut off at ${layerText(blamed)}: look at its bias, its activation (leakyReLU keeps a gradient) and the learning rate.`;
  return {
    rule: 'vanishing', severity: 'error', onsetStep, step: track.step, layer: blamed, parameter: blamed?.mainParameter ?? null, value: 0,
    baseline: top.norms.count > 0 ? Math.exp(top.norms.window.median()) : null, confidence: odd !== null ? 0.95 : 0.85,
    message: `The gradient of ${which} is exactly zero ${since} (${top.zeroSteps} steps), while the loss is ${readable(track.loss)}. ${hint}`,
  };
}

/** Of layers that never had a gradient, the one that was started oddly; several are nobody's fault alone. */
function deadFromStart(dead: readonly LayerTrace[], top: LayerTrace | null): LayerTrace | null {
  const odd = dead.filter((layer) => layer.oddStart !== null);
  if (odd.length > 1) return null;
  return odd[0] ?? top;
}

/** The loss is zero, or nearly so against its start: there is nothing left to learn. */
function isDone(track: Track): boolean {
  return !(Math.abs(track.loss) > 0.05 * Math.abs(track.trend.initial()));
}

import {deepestIndex} from './blame';
import {layerText, readable, type Draft} from './draft';
import type {LayerTrace} from './layerTrace';
import {medianOf} from './robustWindow';
import type {Track} from './track';

/** Steps without any gradient that make a layer dead. */
const DEAD_STEPS = 20;
/** How often the slower questions are asked. */
const EVERY = 10;
/** Steps that a loss must have had to show that it does not fall. */
const LEAST_STEPS = 60;

/** Gradients that do not reach the layers near the input, in a training that does not learn. */
export class VanishingRule {
  private isSaid = false;

  /** @param wasUpset an explosion was said before: layers that died then died of it. */
  judge(track: Track, wasUpset: boolean, isLast: boolean): Draft | null {
    if (this.isSaid || wasUpset || (track.steps % EVERY !== 0 && !isLast)) return null;
    const present = isLast ? track.layers : track.presentLayers();
    const draft = this.dead(track, present) ?? this.shrinking(track, present, isLast);
    this.isSaid = draft !== null;
    return draft;
  }

  private dead(track: Track, present: readonly LayerTrace[]): Draft | null {
    const deepest = deepestIndex(present, (layer) => layer.zeroSteps >= DEAD_STEPS);
    const layer = present[deepest];
    if (layer === undefined) return null;
    const isPrefix = present.slice(0, deepest).every((below) => below.zeroSteps >= DEAD_STEPS);
    const feedsZeros = present.slice(deepest + 1).some((above) => above.zeroInput);
    if (!isPrefix && !feedsZeros) return null;
    const isAll = deepest === present.length - 1;
    if (isAll && (!track.hasLoss || isDone(track))) return null;
    const sinceStart = layer.zeroSteps === layer.steps;
    const onsetStep = track.step - layer.zeroSteps + 1;
    const blamed = sinceStart || !diedOfRate(track, onsetStep) ? layer : null;
    const below = deepest === 0 ? '' : ` and of the ${deepest} layers before it`;
    const since = sinceStart ? 'from the first step on' : `since step ${onsetStep}`;
    const advice = isAll
      ? 'Nothing can learn: the output is saturated or dead. Look at the last activation, its bias, and the loss.'
      : 'Its units are dead or cut off: look at its bias and kernel initializers and its activation (leakyReLU keeps a gradient), and at the learning rate.';
    return {
      rule: 'vanishing', severity: 'error', onsetStep, step: track.step, layer: blamed, parameter: blamed?.mainParameter ?? null, value: 0,
      baseline: layer.norms.count > 0 ? Math.exp(layer.norms.window.median()) : null, confidence: 0.9,
      message: `The gradient of ${layerText(layer)}${below} is exactly zero ${since} (${layer.zeroSteps} steps), while the loss is ${readable(track.loss)}. ${advice}`,
    };
  }

  private shrinking(track: Track, present: readonly LayerTrace[], isLast: boolean): Draft | null {
    if (!track.hasLoss || track.trend.count < (isLast ? 30 : LEAST_STEPS)) return null;
    const profile = profileOf(present);
    if (profile === null || profile.ratio > 1e-3) return null;
    const isFlat = track.trend.fall(0.6) < 0.02 && track.trend.fall(0.3) < 0.02;
    const neverFell = track.trend.fallSinceStart() < 0.15;
    if (!isFlat || (profile.ratio > 1e-5 && !neverFell)) return null;
    const {culprit, first, last, ratio} = profile;
    const message = culprit === null
      ? `Gradients shrink through the depth: ${layerText(first)} gets ${readable(ratio)} of what arrives at ${layerText(last)}, and the loss stays at ${readable(track.trend.recent(20))} for ${track.trend.count} steps. Use ReLU with heNormal, normalization or shortcuts, or turn SING on.`
      : `${layerText(culprit)} lets almost no gradient through: the layers before it get ${readable(ratio)} of what arrives at ${layerText(last)}, and the loss stays at ${readable(track.trend.recent(20))} for ${track.trend.count} steps. Look at its initializer and activation, or turn SING on.`;
    return {
      rule: 'vanishing', severity: 'error', onsetStep: track.step - track.steps + 1, step: track.step, layer: culprit, parameter: culprit?.mainParameter ?? null,
      value: ratio, baseline: null, confidence: ratio < 1e-5 ? 0.9 : 0.75, message,
    };
  }
}

interface Profile {
  /** What arrives at the first layer over what arrives at the last. */
  ratio: number;
  first: LayerTrace;
  last: LayerTrace;
  /** The one layer that makes most of the fall. */
  culprit: LayerTrace | null;
}

/** Root mean squares of what arrives at the layers, from input to output; by whole norms where biases do not tell. */
function profileOf(present: readonly LayerTrace[]): Profile | null {
  const told = present.filter((layer) => layer.arrivals.length > 0);
  const layers = told.length >= 3 ? told : present.filter((layer) => layer.norms.count > 0 && layer.hasKernel);
  if (layers.length < 3) return null;
  const sizes = layers.map((layer) => (told.length >= 3 ? layer.arrivals.median() : layer.norms.window.median() - Math.log(layer.usualKernelNorm)));
  const [first] = layers;
  const last = layers.at(-1);
  if (first === undefined || last === undefined) return null;
  const falls = sizes.slice(1).map((size, at) => size - (sizes[at] ?? NaN));
  const total = falls.reduce((sum, fall) => sum + fall, 0);
  const steepest = falls.indexOf(Math.max(...falls));
  const isOne = (falls[steepest] ?? 0) > 0.6 * total && (falls[steepest] ?? 0) > Math.log(50);
  return {ratio: Math.exp(-total), first, last, culprit: isOne ? layers[steepest + 1] ?? null : null};
}

/** The loss is zero, or nearly so against its start: there is nothing left to learn. */
function isDone(track: Track): boolean {
  const now = Math.abs(track.loss);
  return !(now > 0.05 * Math.abs(track.trend.initial()));
}

/** Layers that died in or right after an upheaval of everything died of too long a step. */
function diedOfRate(track: Track, onsetStep: number): boolean {
  const ago = track.step - onsetStep;
  return track.steps - ago <= 15 || medianOf(track.losses.window.last(10)) - track.losses.first > Math.log(1.5);
}

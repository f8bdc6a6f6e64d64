import {judgeDead} from './deadRule';
import {layerText, readable, type Draft} from './draft';
import {profileOf} from './depthProfile';
import type {LayerTrace} from './layerTrace';
import type {Track} from './track';

/** How often the slower questions are asked. */
const EVERY = 10;
/** Steps that a loss must have had to show that it does not fall. */
const LEAST_STEPS = 60;

/** Gradients that do not reach the layers near the input, in a training that does not learn. */
export class VanishingRule {
  private isSaid = false;

  /** @param isLast the run ends: shorter evidence must do. */
  judge(track: Track, isLast: boolean): Draft | null {
    if (this.isSaid || (track.steps % EVERY !== 0 && !isLast)) return null;
    const present = isLast ? track.layers : track.presentLayers();
    const draft = judgeDead(track, present) ?? this.shrinking(track, present, isLast);
    this.isSaid = draft !== null;
    return draft;
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

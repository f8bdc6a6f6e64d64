import {layerToBlame} from './blame';
import {layerText, readable, type Draft, type Trouble} from './draft';
import type {LayerTrace} from './layerTrace';
import type {JumpLimits} from './logSeries';
import type {Track} from './track';

const totalLimits: JumpLimits = {factor: 10, deviations: 7, overMaximum: 3, overEarly: 4, withoutHistory: 60};
const lossLimits: JumpLimits = {factor: 10, deviations: 7, overMaximum: 3, overEarly: 3, withoutHistory: 1000};
const layerLimits: JumpLimits = {factor: 20, deviations: 8, overMaximum: 5, overEarly: 4, withoutHistory: 300};
/** Smaller shares of the whole gradient than this are noise, whatever their factor. */
const LEAST_SHARE = Math.log(1e-3);
/** A loss this much above its median moves with the gradient. */
const LOSS_MOVES = Math.log(3);
/** Steps an episode is watched before it is said whether it passed. */
const WATCHED_STEPS = 5;
/** Flagged steps within them that make it lasting. */
const LASTING_STEPS = 3;
/** So long must a training be quiet before it alarms again. */
const REARM_STEPS = 200;
/** A level kept for so long is the training's new level. */
const SETTLE_STEPS = 60;

interface Episode {
  onsetStep: number;
  layer: LayerTrace | null;
  /** A layer that rose by itself, below what the whole gradient shows. */
  isLocal: boolean;
  /** Steps watched, and those of them that were flagged. */
  watched: number;
  flagged: number;
  value: number;
  baseline: number;
  ofLoss: boolean;
}

/**
 * Jumps of the loss, of the whole gradient and of single layers above the run's own noise.
 * One that passes is a spike (warning); one that stays is an explosion (error).
 */
export class JumpRule {
  private episode: Episode | null = null;
  private quietSteps = REARM_STEPS;
  private flaggedInRow = 0;
  private saidLasting = false;

  /** The rise that goes on, or that went on in the last steps. */
  get rise(): Trouble | null {
    return this.lastRise;
  }

  private lastRise: Trouble | null = null;

  /** Judges this step. `isFlagged` steps must not enter the baselines. */
  judge(track: Track): {draft: Draft | null; isFlagged: boolean} {
    const jump = jumpOf(track);
    const isFlagged = jump !== null;
    this.flaggedInRow = isFlagged ? this.flaggedInRow + 1 : 0;
    if (!isFlagged) this.quietSteps++;
    if (this.flaggedInRow >= SETTLE_STEPS) this.settle(track);
    if (this.quietSteps > 10 && this.episode === null) this.lastRise = null;
    if (jump !== null && this.episode === null && this.quietSteps >= REARM_STEPS) {
      this.episode = {onsetStep: track.step, watched: 0, flagged: 0, ...jump};
      this.lastRise = this.episode;
      this.saidLasting = false;
    }
    if (isFlagged) this.quietSteps = 0;
    return {draft: this.watch(track, jump), isFlagged};
  }

  /** What an episode that is still watched would say; for the end of a run. */
  close(track: Track): Draft | null {
    const {episode} = this;
    this.episode = null;
    return episode === null ? null : draftOf(track, episode, episode.flagged >= LASTING_STEPS);
  }

  /** Drops the watched episode: another finding says it. */
  drop(): void {
    this.episode = null;
    this.quietSteps = 0;
  }

  private watch(track: Track, jump: Omit<Episode, 'onsetStep' | 'watched' | 'flagged'> | null): Draft | null {
    const {episode} = this;
    if (episode === null) return null;
    episode.watched++;
    if (jump !== null) {
      episode.flagged++;
      if (Math.abs(jump.value) > Math.abs(episode.value)) episode.value = jump.value;
    }
    if (episode.flagged >= LASTING_STEPS && !this.saidLasting) {
      this.saidLasting = true;
      return this.close(track);
    }
    return episode.watched >= WATCHED_STEPS ? this.close(track) : null;
  }

  private settle(track: Track): void {
    this.flaggedInRow = 0;
    track.total.settleAt(track.totalLog);
    track.losses.settleAt(track.lossLog);
    for (const layer of track.layers) if (!Number.isNaN(layer.now.norm)) layer.norms.settleAt(layer.now.norm);
  }
}

function jumpOf(track: Track): Omit<Episode, 'onsetStep' | 'watched' | 'flagged'> | null {
  const caution = (track.rateRose() ? 10 : 1) * (track.takesTurns ? 3 : 1);
  const ofLoss = track.hasLoss && !track.isSigned && track.losses.isJump(track.lossLog, lossLimits, caution);
  // A gradient that jumps while the loss does not move must jump further to be no one's noise.
  const isEchoed = track.hasLoss && track.losses.excess(track.lossLog) > LOSS_MOVES;
  const ofTotal = track.total.isJump(track.totalLog, totalLimits, isEchoed ? caution : 2.5 * caution);
  const present = track.presentLayers();
  if (ofTotal || ofLoss) {
    const series = ofTotal ? track.total : track.losses;
    const usual = Math.exp(series.window.median());
    return {
      layer: track.rateRose() ? null : layerToBlame(present, 'now'), isLocal: false, ofLoss: !ofTotal,
      value: ofTotal ? Math.exp(track.totalLog) : track.loss, baseline: !ofTotal && track.isNegative ? -usual : usual,
    };
  }
  const local = present.filter((layer) => layer.now.norm - track.totalLog > LEAST_SHARE && layer.norms.isJump(layer.now.norm, layerLimits, caution));
  const [layer] = local;
  if (layer === undefined) return null;
  return {
    layer: local.length === 1 ? layer : layerToBlame(present, 'now'), isLocal: true, ofLoss: false,
    value: Math.exp(layer.now.norm), baseline: Math.exp(layer.norms.window.median()),
  };
}

function draftOf(track: Track, episode: Episode, isLasting: boolean): Draft {
  const {layer, onsetStep, value, baseline} = episode;
  const what = episode.ofLoss ? 'loss' : 'gradient norm';
  const times = readable(Math.abs(value / baseline));
  const whose = layer !== null ? `around ${layerText(layer)}` : 'in all layers alike';
  const advice = layer !== null
    ? 'Look at what this layer computes (its activation, its initializer), clip gradients, or turn SING on.'
    : `No single layer is to blame: look at the batch of step ${onsetStep} (outliers, wrong labels) and at the learning rate (now ${readable(track.learningRate)}); clipping or SING bounds such steps.`;
  const message = isLasting
    ? `The ${what} ${value < baseline ? 'fell' : 'rose'} from its usual ${readable(baseline)} to ${readable(value)} (${times} times) at step ${onsetStep} and stayed ${value < baseline ? 'down' : 'up'}, ${whose}. ${advice}`
    : `The ${what} jumped from its usual ${readable(baseline)} to ${readable(value)} (${times} times) at step ${onsetStep} and came back, ${whose}. ${advice}`;
  return {
    rule: isLasting ? 'exploding' : 'spike', severity: isLasting ? 'error' : 'warning', onsetStep, step: track.step, layer,
    parameter: layer?.mainParameter ?? null, value, baseline, message, confidence: isLasting ? 0.85 : 0.7,
  };
}

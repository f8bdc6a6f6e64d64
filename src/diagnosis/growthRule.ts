import {layerToBlame, soleOddLayer, steepestAtStart} from './blame';
import {layerText, readable, type Draft} from './draft';
import {medianOf} from './robustWindow';
import type {Track} from './track';

/** First losses and norms that are kept as they came. */
const KEPT = 40;

/**
 * Growth that starts before there is a history to jump from, or that is too slow to be a jump:
 * a learning rate that is too high from the first step, a loss that is minimized towards −∞.
 */
export class GrowthRule {
  private readonly losses: number[] = [];
  private readonly norms: number[] = [];
  /** The same of steps that have a level: a loss of exactly 0, as of a gate that is shut or an episode without reward, is none to grow from. */
  private readonly levels: {loss: number; norm: number}[] = [];
  private levelSteps = 0;
  /** The first loss that is not 0, with its sign. */
  private firstLoss = 0;
  private isSaid = false;

  judge(track: Track): Draft | null {
    if (this.isSaid) return null;
    if (this.losses.length < KEPT) {
      this.losses.push(track.lossLog);
      this.norms.push(track.totalLog);
    }
    this.keepLevel(track);
    const draft = this.atOnce(track) ?? this.stuckHigh(track) ?? this.slow(track);
    this.isSaid = draft !== null;
    return draft;
  }

  private keepLevel({loss, lossLog, totalLog}: Track): void {
    if (!Number.isFinite(lossLog) || !Number.isFinite(totalLog)) return;
    if (this.levelSteps === 0) this.firstLoss = loss;
    this.levelSteps++;
    if (this.levels.length < KEPT) this.levels.push({loss: lossLog, norm: totalLog});
  }

  /** Within the first steps, beyond anything noise makes. */
  private atOnce(track: Track): Draft | null {
    const steps = this.losses.length;
    if (steps < 4 || steps > 20 || track.steps > 20) return null;
    const kept = steps >= 8 ? 5 : 3;
    const factor = Math.log(steps >= 8 ? 50 : steps >= 5 ? 100 : 1000);
    const rose = (series: readonly number[], least: number): boolean => series.every(Number.isFinite) &&
      Math.min(...series.slice(-kept)) - Math.max(...series.slice(0, -kept)) > least;
    // Right after the first steps the growth must go on, or a first loss that was small by chance would do.
    const goesOn = (series: readonly number[]): boolean => steps >= 8 || (series.at(-1) ?? NaN) - (series.at(-3) ?? NaN) > Math.log(30);
    const ofLoss = track.hasLoss && goesOn(this.losses) && rose(this.losses, factor) && rose(this.norms, Math.log(3));
    const ofNorm = !track.hasLoss && goesOn(this.norms) && rose(this.norms, factor);
    if (!ofLoss && !ofNorm) return null;
    return draftOf(track, this.firstStepAbove(track, ofLoss ? this.losses : this.norms), ofLoss ? {what: 'loss', first: this.firstLoss} : {what: 'gradient norm', first: Math.exp(this.norms[0] ?? NaN)});
  }

  /** The first update threw the loss to a level far above that of the untrained network, where it stays. */
  private stuckHigh(track: Track): Draft | null {
    const steps = this.losses.length;
    if (!track.hasLoss || (steps !== 12 && steps !== 30) || track.steps !== steps) return null;
    // A loss of both signs is no measure of an untrained network: a policy's, say.
    const [first = NaN] = this.losses;
    if (track.isSigned || !Number.isFinite(first)) return null;
    const late = this.losses.slice(steps === 12 ? 4 : 12);
    const level = medianOf(late);
    const noise = 1.4826 * medianOf(late.map((value) => Math.abs(value - level)));
    const least = Math.max(Math.log((track.takesTurns ? 10 : 1) * (steps === 12 ? 6 : 2.5)), 6 * noise);
    // A first loss that was next to nothing by chance, as of a batch of one, is told by the noise.
    if (level - first > Math.log(1000) && noise > 0.7) return null;
    // A rate that is too high throws the loss there within a few steps; returns that grow take longer.
    const soon = medianOf(this.losses.slice(steps === 12 ? 2 : 4, steps === 12 ? 6 : 10));
    if (!(level - first > least && Math.min(...late) - first > Math.log(1.3) && level - soon < Math.log(2))) return null;
    return draftOf(track, this.firstStepAbove(track, this.losses), {what: 'loss', first: this.firstLoss});
  }

  /** Rising for long, without one jump. */
  private slow(track: Track): Draft | null {
    if (!track.hasLoss || this.levelSteps < 40 || track.steps % 10 !== 0) return null;
    // Below zero a loss has no level of its own to rise to; only a maximized one grows there.
    const isNegative = track.loss < 0 && !track.isSigned && !track.takesTurns;
    const reference = Math.max(...this.levels.slice(0, isNegative ? 5 : 20).map(({loss}) => loss));
    const level = medianOf(track.losses.window.last(15));
    const norm = medianOf(track.total.window.last(15));
    const ofLoss = level - reference;
    const ofNorm = norm - Math.max(...this.levels.slice(0, 20).map((level) => level.norm));
    const isGrown = isNegative ? ofLoss > Math.log(50) || (ofLoss > Math.log(20) && ofNorm > Math.log(3)) : ofLoss > Math.log(100) && ofNorm > Math.log(10);
    if (!isGrown) return null;
    return draftOf(track, track.step - 15, {what: 'loss', first: this.firstLoss});
  }

  private firstStepAbove(track: Track, series: readonly number[]): number {
    const [first = NaN] = series;
    const at = series.findIndex((value) => value - first > Math.log(2));
    return at < 0 ? track.step : track.step - (series.length - 1 - at);
  }
}

function draftOf(track: Track, onsetStep: number, {what, first: baseline}: {what: 'loss' | 'gradient norm'; first: number}): Draft {
  const value = what === 'loss' ? track.loss : Math.exp(track.totalLog);
  const layer = soleOddLayer(track.layers) ?? (track.steps <= 12 ? steepestAtStart(track.layers) : track.rateRose() ? null : layerToBlame(track.presentLayers(), 'now'));
  const advice = value < 0
    ? 'It falls without bound below zero: look at the sign of the loss and of its regularizers.'
    : track.learningRate < 0 ? `The learning rate is negative (${readable(track.learningRate)}): each step climbs.`
    : `Lower the learning rate (now ${readable(track.learningRate)}), scale the inputs, or clip gradients; SING bounds every step.`;
  return {
    rule: 'exploding', severity: 'error', onsetStep, step: track.step, layer, parameter: layer?.mainParameter ?? null, value, baseline, confidence: 0.85,
    message: `The ${what} went from ${readable(baseline)} to ${readable(value)} by step ${track.step}, since step ${onsetStep}, ${layer === null ? 'in all layers' : `around ${layerText(layer)}`}. ${advice}`,
  };
}

import {drifter, frontier, layerToBlame, soleOddLayer, steepestAtStart} from './blame';
import {layerText, readable, type Draft, type Trouble} from './draft';
import type {LayerTrace} from './layerTrace';
import type {Track} from './track';

/** So many finite steps in a row make the next NaN a new fault. */
const REARM_STEPS = 200;
/** Root mean square of an input that wants scaling. */
const LARGE_INPUT = 20;
/** Steps in which the first values still tell what is wrong. */
const YOUNG = 12;
/** Growth of the step before that explains a NaN. */
const GREW = Math.log(5);

/** The first NaN or Infinity of a training, and the layer it was born in. */
export class NonFiniteRule {
  private finiteSteps = REARM_STEPS;

  /** @param trouble what was seen or said shortly before, if anything was. */
  judge(track: Track, trouble: Trouble | null): Draft | null {
    if (!track.hasNonFinite) {
      this.finiteSteps++;
      return null;
    }
    const isNew = this.finiteSteps >= REARM_STEPS;
    this.finiteSteps = 0;
    if (!isNew) return null;
    const present = track.presentLayers();
    const grown = trouble ?? grownBefore(track, present) ?? startedBadly(track, present) ?? drifted(track, present);
    if (grown !== null) return afterGrowth(track, grown);
    const broken = present.filter((layer) => layer.nonFinite !== null);
    const isAll = broken.length === present.length && broken.every((layer) => layer.finiteParameters === 0);
    if (broken.length === 0) return draftOf(track, null, track.step, `The loss became ${track.loss} at step ${track.step} while all gradients were still finite. Look at how the loss is computed (a logarithm or division at 0) and at the batch of this step.`, 0.8);
    // Where the loss itself is not finite, what is finite among the gradients is chance: dead units, zeros.
    const isForward = track.hasLoss && !Number.isFinite(track.loss);
    return isAll || isForward ? allAtOnce(track) : born(track, present, broken);
  }
}

/** Gradients that had risen in the last finite step, too short before for any other rule to see. */
function grownBefore(track: Track, present: readonly LayerTrace[]): Trouble | null {
  const rises = present.map((layer) => (layer.norms.count > 0 ? layer.before.norm - layer.norms.first : NaN)).filter((rise) => !Number.isNaN(rise));
  const excesses = present.map((layer) => (layer.norms.count > 0 ? layer.norms.excess(layer.before.norm) : NaN)).filter((excess) => !Number.isNaN(excess));
  const isYoung = track.steps <= YOUNG;
  if (!(Math.max(...excesses) > GREW || (isYoung && Math.max(...rises) > GREW))) return null;
  return {onsetStep: track.step - 1, layer: soleOddLayer(present) ?? (isYoung ? steepestAtStart(present) : layerToBlame(present, 'before'))};
}

/** A layer that had been growing for the whole run. */
function drifted(track: Track, present: readonly LayerTrace[]): Trouble | null {
  const layer = drifter(present, 'before');
  return layer === null ? null : {onsetStep: track.step, layer};
}

/** Within the first steps, a layer that was started wrongly. */
function startedBadly(track: Track, present: readonly LayerTrace[]): Trouble | null {
  const layer = track.steps <= YOUNG ? soleOddLayer(present) ?? steepestAtStart(present) : null;
  return layer === null ? null : {onsetStep: track.step, layer};
}

function afterGrowth(track: Track, {onsetStep, layer}: Trouble): Draft {
  const all = `Gradients became non-finite at step ${track.step} (loss ${readable(track.loss)})`;
  if (layer !== null) {
    return draftOf(track, layer, onsetStep, `${all}, after trouble around ${layerText(layer)} from step ${onsetStep}. Bound what this layer computes (its activation, its initializer), clip gradients, or lower the learning rate.`, 0.8);
  }
  return draftOf(track, null, onsetStep, `${all}, after the gradients of all layers had grown from step ${onsetStep}. No single layer is to blame: lower the learning rate (now ${readable(track.learningRate)}), clip gradients, or look at the scale of the data.${inputHint(track)}`, 0.85);
}

/** Inputs whose size alone makes a usual rate too high. */
function inputHint(track: Track): string {
  const size = Math.exp(track.layers.find((layer) => layer.hasKernel)?.firstInput ?? NaN);
  return size > LARGE_INPUT ? ` The inputs seem to be of size ${readable(size)}: scale them to about 1.` : '';
}

/** Every gradient is non-finite, with nothing unusual before. */
function allAtOnce(track: Track): Draft {
  return draftOf(track, null, track.step, `Gradients became non-finite all at once at step ${track.step} (loss ${readable(track.loss)}), with nothing unusual before: no layer is to blame. Look at the loss (a logarithm or division at 0), at the data of this step (NaN or Infinity in it), and at the learning rate (now ${readable(track.learningRate)}).${inputHint(track)}`, 0.8);
}

/** Some gradients are finite: the trouble was born at their border. */
function born(track: Track, present: readonly LayerTrace[], broken: readonly LayerTrace[]): Draft {
  const deepest = broken.at(-1) ?? null;
  const above = deepest === null ? null : present[present.indexOf(deepest) + 1] ?? null;
  // A layer with finite and non-finite parameters holds the border itself.
  const layer = deepest !== null && deepest.finiteParameters > 0 ? deepest : frontier(deepest, above);
  const clean = present.length - broken.length;
  const where = clean === 0 ? 'the other parameters of this layer are finite' : `${clean} of ${present.length} layers still have finite gradients`;
  const name = layer === null ? 'an unknown layer' : layerText(layer);
  return draftOf(track, layer, track.step, `The gradient of ${name} became non-finite at step ${track.step} (loss ${readable(track.loss)}), and ${where}: it was born in its backward pass. Look for a square root, logarithm, norm or division at 0 there, and add an epsilon inside it.`, 0.9);
}

function draftOf(track: Track, layer: LayerTrace | null, onsetStep: number, message: string, confidence: number): Draft {
  const parameter = layer?.nonFinite ?? layer?.mainParameter ?? null;
  const usual = layer?.norms.window.median() ?? track.total.window.median();
  return {
    rule: 'non-finite', severity: 'error', onsetStep, step: track.step, layer, parameter,
    value: track.hasLoss && !Number.isFinite(track.loss) ? track.loss : NaN,
    baseline: Number.isNaN(usual) ? null : Math.exp(usual), message, confidence,
  };
}

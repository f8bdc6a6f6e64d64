import type {LayerReading, LayerTrace} from './layerTrace';
import {medianOf} from './robustWindow';

/** How one layer's reading differs from what is usual for it, in natural-log units. */
interface Change {
  layer: LayerTrace;
  /** Its norm itself; the rest is against what is usual. */
  size: number;
  norm: number;
  input: number;
  arriving: number;
}

const log = Math.log;
/** Gain of one layer, in natural-log units, that no usual one has. */
const STEEP = log(40);
/** Centred inputs look smaller by their gradients than they are, by up to the root of the batch. */
const CENTRED_INPUT = log(8);
/** Growth over the whole run that sets a layer apart. */
const DRIFTED = log(30);
/** Steps that must have been seen before a layer's reading can be called unusual. */
const LEAST_HISTORY = 12;

/**
 * The one layer to blame for gradients that rose, or null where all rose alike (the loss, the data,
 * the learning rate). A dense layer's kernel and bias gradients, g_W = a ⊗ δ and g_b = δ, tell its
 * input's size |a| and the gradient |δ| that arrives at it; so the place where either starts to be
 * unusual can be told without looking at the weights.
 *
 * @param reading which of the two remembered steps: `now`, or `before` when the present one is not finite.
 */
export function layerToBlame(layers: readonly LayerTrace[], reading: 'now' | 'before'): LayerTrace | null {
  const changes = layers.flatMap((layer) => changeOf(layer, layer[reading]));
  if (changes.length < 2) return null;
  if (isOfData(changes)) return null;
  return soleRiser(changes) ?? forwardCulprit(changes) ?? backwardCulprit(changes) ?? drifter(layers, reading);
}

function changeOf(layer: LayerTrace, reading: LayerReading): Change[] {
  if (Number.isNaN(reading.norm) || layer.norms.count < LEAST_HISTORY) return [];
  return [{
    layer,
    size: reading.norm,
    norm: layer.norms.excess(reading.norm),
    input: reading.input - layer.inputs.median(),
    arriving: reading.arriving - layer.arrivals.median(),
  }];
}

/**
 * The layer whose gradient has grown over the whole run, unlike all others', until it was the largest:
 * what broke in the end had been on its way there.
 */
export function drifter(layers: readonly LayerTrace[], reading: 'now' | 'before'): LayerTrace | null {
  const ordered = layers.map((layer) => ({layer, drift: layer.norms.drift()})).filter(({drift}) => !Number.isNaN(drift)).sort((a, b) => b.drift - a.drift);
  const [first, second] = ordered;
  if (first === undefined || second === undefined || first.drift < DRIFTED || second.drift > 0.5 * first.drift) return null;
  return layers.every((other) => !(other[reading].norm > first.layer[reading].norm)) ? first.layer : null;
}

/** The first layer's input itself became unusual. */
function isOfData(changes: readonly Change[]): boolean {
  const first = changes.find((change) => !Number.isNaN(change.input));
  return first !== undefined && first.input > log(3) && first.input > 0.4 * Math.max(...changes.map((change) => change.norm));
}

/** Only one layer's gradient rose, or one rose far more than all others and now outweighs them together. */
function soleRiser(changes: readonly Change[]): LayerTrace | null {
  const ordered = [...changes].sort((a, b) => b.norm - a.norm);
  const [first, second] = ordered;
  if (first === undefined || second === undefined) return null;
  if (first.norm < log(6)) return null;
  if (second.norm < Math.min(log(3), 0.35 * first.norm)) return first.layer;
  const others = Math.hypot(...changes.filter((change) => change !== first).map((change) => Math.exp(change.size - first.size)));
  return others < 0.3 && first.norm - second.norm > log(5) && second.norm < 0.6 * first.norm ? first.layer : null;
}

/** The layer between a usual input and an unusually large output. */
function forwardCulprit(changes: readonly Change[]): LayerTrace | null {
  const told = changes.filter((change) => !Number.isNaN(change.input));
  const gains = told.slice(0, -1).map((change, at) => ({layer: change.layer, gain: (told[at + 1]?.input ?? NaN) - change.input}));
  const best = largest(gains);
  if (best === null || best.gain < log(6)) return null;
  const others = gains.filter((gain) => gain.layer !== best.layer).map((gain) => gain.gain);
  return Math.max(0, ...others) < 0.4 * best.gain ? best.layer : null;
}

/** Backpropagation is usual down to some layer, and every layer nearer the input rose alike. */
function backwardCulprit(changes: readonly Change[]): LayerTrace | null {
  const last = changes.at(-1);
  if (last === undefined || last.norm > log(3)) return null;
  const cut = deepestIndex(changes, (change) => change.norm > log(6));
  if (cut < 0) return null;
  const risen = changes.slice(0, cut + 1).map((change) => change.norm);
  const above = changes.slice(cut + 1).map((change) => change.norm);
  if (Math.min(...risen) < log(3) || Math.max(...above) > 0.35 * medianOf(risen)) return null;
  return frontier(changes[cut]?.layer ?? null, changes[cut + 1]?.layer ?? null);
}

/**
 * Trouble born in backpropagation shows in the deepest troubled layer. TensorFlow.js' own layers can't
 * make it, so where the layer above it is the user's own, clean as its own gradient may be, it is that one.
 */
export function frontier(troubled: LayerTrace | null, clean: LayerTrace | null): LayerTrace | null {
  if (troubled === null) return null;
  return clean?.isCustom === true && troubled.layerClass !== null && !troubled.isCustom ? clean : troubled;
}

function largest(gains: ReadonlyArray<{layer: LayerTrace; gain: number}>): {layer: LayerTrace; gain: number} | null {
  return gains.reduce<{layer: LayerTrace; gain: number} | null>((best, next) => (best === null || next.gain > best.gain ? next : best), null);
}

/** The one layer whose first values no usual initializer makes; null without one, or with several. */
export function soleOddLayer(layers: readonly LayerTrace[]): LayerTrace | null {
  const odd = layers.filter((layer) => layer.oddStart === 'large' || layer.oddStart === 'growing recurrence');
  return odd.length === 1 ? odd[0] ?? null : null;
}

/**
 * The one layer that made its output far larger than its input in the first step of all, when no update
 * had yet changed anything: its weights or its activation did so.
 */
export function steepestAtStart(layers: readonly LayerTrace[]): LayerTrace | null {
  const told = layers.filter((layer) => !Number.isNaN(layer.firstInput));
  const gains = told.slice(0, -1).map((layer, at) => ({layer, gain: (told[at + 1]?.firstInput ?? NaN) - layer.firstInput - (at === 0 ? CENTRED_INPUT : 0)}));
  const best = largest(gains);
  if (best === null || best.gain < STEEP) return null;
  return gains.every(({layer, gain}) => layer === best.layer || gain < 0.5 * best.gain) ? best.layer : null;
}

/** Index of the last element that `is`; -1 without one. */
export function deepestIndex<T>(list: readonly T[], is: (element: T) => boolean): number {
  for (let at = list.length - 1; at >= 0; at--) {
    const element = list[at];
    if (element !== undefined && is(element)) return at;
  }
  return -1;
}

import {layerText, readable, type Draft} from './draft';
import {LARGE_SCALE, type LayerTrace} from './layerTrace';
import {medianOf} from './robustWindow';
import type {Track} from './track';

/** The first steps, in which the start is judged. */
export const START_STEPS = 3;
/** How many times larger than the others' a layer's weights must look by their gradients. */
const OUTLIER = Math.log(25);
/** Layers that undo the scale of the one before. */
const normalizing = new Set(['BatchNormalization', 'LayerNormalization']);

/** A layer whose weights are far too large from the start, told without any history. */
export function judgeStart(track: Track): Draft | null {
  const layers = track.presentLayers();
  const found = byWeights(layers) ?? byGradients(layers);
  if (found === null) return null;
  const {layer, times} = found;
  return {
    rule: 'exploding', severity: 'warning', onsetStep: track.step, step: track.step, layer, parameter: layer.mainParameter,
    value: times, baseline: 1, confidence: 0.8,
    message: `${layerText(layer)} starts with weights about ${readable(times)} times larger than a usual initializer makes them, unlike the other layers: what passes it grows as much, forwards and backwards. Use a smaller initializer for it (glorotNormal, heNormal), or normalize behind it.`,
  };
}

interface Oversized {
  layer: LayerTrace;
  times: number;
}

function byWeights(layers: readonly LayerTrace[]): Oversized | null {
  const known = layers.filter((layer) => !Number.isNaN(layer.kernelScale));
  if (known.length < 2) return null;
  const large = known.filter((layer) => layer.oddStart === 'large');
  const [layer] = large;
  if (layer === undefined || large.length > 1) return null;
  const others = medianOf(known.filter((other) => other !== layer).map((other) => other.kernelScale));
  const next = layers[layers.indexOf(layer) + 1];
  if (layer.kernelScale < LARGE_SCALE * others || normalizing.has(next?.layerClass ?? '')) return null;
  return {layer, times: layer.kernelScale};
}

/**
 * In a network of layers that multiply, Σ W ∘ ∂L/∂W is the same for each (Euler's theorem on homogeneous
 * functions), so the layer with the outsized weights is the one with the undersized gradient; and the size of its
 * output against that of its input, told by kernel against bias gradients, must say the same.
 */
function byGradients(all: readonly LayerTrace[]): Oversized | null {
  const layers = all.filter((layer) => layer.hasKernel && layer.kernelGradient > 0);
  if (layers.length < 2) return null;
  const weighed = layers.map((layer) => Math.log(layer.kernelGradient * layer.usualKernelNorm));
  const found = layers.map((layer, at) => {
    const low = medianOf(weighed.filter((_, other) => other !== at)) - (weighed[at] ?? NaN);
    return {layer, excess: Math.min(low, gainOf(layers, at))};
  }).filter(({layer, excess}) => excess > OUTLIER && !(layer.kernelScale < LARGE_SCALE));
  const [worst] = found.sort((a, b) => b.excess - a.excess);
  return worst === undefined ? null : {layer: worst.layer, times: Math.exp(worst.excess)};
}

/** How much larger a layer's output is than its input; for the last layer, backwards. */
function gainOf(layers: readonly LayerTrace[], at: number): number {
  const layer = layers[at];
  const next = layers[at + 1];
  const previous = layers[at - 1];
  if (layer === undefined) return NaN;
  if (next !== undefined) return next.now.input - layer.now.input;
  return previous === undefined ? NaN : previous.now.arriving - layer.now.arriving;
}

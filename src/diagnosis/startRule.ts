import {layerText, readable, type Draft} from './draft';
import type {LayerTrace} from './layerTrace';
import {medianOf} from './robustWindow';
import type {Track} from './track';

/** Steps after which the start is judged. */
export const START_STEPS = 3;
/** How many times larger than the others' a layer's weights must look. */
const OUTLIER = Math.log(25);

/**
 * A layer whose weights are far too large from the start, told without any history. In a network of
 * layers that multiply, Σ W ∘ ∂L/∂W is the same for each (Euler's theorem on homogeneous functions), so the
 * layer with the outsized weights is the one with the undersized gradient; and the size of its output against that of
 * its input, told by kernel against bias gradients, must say the same.
 */
export function judgeStart(track: Track): Draft | null {
  const layers = track.presentLayers().filter((layer) => layer.hasKernel && layer.kernelGradient > 0);
  if (layers.length < 2) return null;
  const weighed = layers.map((layer) => Math.log(layer.kernelGradient) + Math.log(layer.usualKernelNorm));
  let worst: {layer: LayerTrace; excess: number} | null = null;
  layers.forEach((layer, at) => {
    const others = weighed.filter((_, other) => other !== at);
    const low = medianOf(others) - (weighed[at] ?? NaN);
    const gain = gainOf(layers, at);
    if (Number.isNaN(gain)) return;
    const excess = Math.min(low, gain);
    if (excess > OUTLIER && (worst === null || excess > worst.excess)) worst = {layer, excess};
  });
  const found = worst as {layer: LayerTrace; excess: number} | null;
  if (found === null) return null;
  const {layer} = found;
  const times = readable(Math.exp(found.excess));
  return {
    rule: 'exploding', severity: 'warning', onsetStep: track.step, step: track.step, layer, parameter: layer.mainParameter,
    value: Math.exp(found.excess), baseline: null, confidence: 0.75,
    message: `From the first step ${layerText(layer)} makes its output about ${times} times larger than its input, far more than the other layers: its weights are too large. Use a smaller initializer for it (glorotNormal, heNormal), or normalize behind it.`,
  };
}

/** How much larger a layer's output is than its input; for the last layer, backwards. */
function gainOf(layers: readonly LayerTrace[], at: number): number {
  const layer = layers[at];
  const next = layers[at + 1];
  const previous = layers[at - 1];
  const forward = layer !== undefined && next !== undefined ? next.now.input - layer.now.input : NaN;
  const backward = layer !== undefined && previous !== undefined ? previous.now.arriving - layer.now.arriving : NaN;
  if (next === undefined) return backward;
  return forward;
}

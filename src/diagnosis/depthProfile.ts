import type {LayerTrace} from './layerTrace';

/** How gradients change from the last layer to the first. */
export interface DepthProfile {
  /** What arrives at the first layer over what arrives at the last. */
  ratio: number;
  first: LayerTrace;
  last: LayerTrace;
  /** The one layer that makes most of the fall. */
  culprit: LayerTrace | null;
}

/** Root mean squares of what arrives at the layers, from input to output; by whole norms where biases do not tell. */
export function profileOf(present: readonly LayerTrace[]): DepthProfile | null {
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

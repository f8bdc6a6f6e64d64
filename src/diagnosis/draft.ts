import type {CallSite} from '../protocol/callSite';
import type {Finding} from '../protocol/finding';
import type {LayerTrace} from './layerTrace';
import type {DetectorParameter} from './observation';

/** A finding before it has an id and a call site. */
export interface Draft extends Omit<Finding, 'id' | 'layer' | 'parameter' | 'site'> {
  layer: LayerTrace | null;
  parameter: DetectorParameter | null;
  /** Where it comes from, if that is not where the parameter was made. */
  site?: CallSite | null;
}

/** A rise that was seen or said: what comes after it belongs to it. */
export interface Trouble {
  onsetStep: number;
  layer: LayerTrace | null;
}

/** A number as a person reads it: three digits. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** "relu_2 (Dense)". */
export function layerText(layer: LayerTrace): string {
  return layer.layerClass === null ? layer.name : `${layer.name} (${layer.layerClass})`;
}

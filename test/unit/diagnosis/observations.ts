import type {DetectorParameter, StepObservation} from '../../../src/diagnosis/detector';
import {MOMENT_COLUMNS, moment} from '../../../src/protocol/moments';

/** `count` dense layers, a kernel and a bias each, as the detector is told of them. */
export function denseParameters(count: number, width = 16, layerClass: string | null = 'Dense'): DetectorParameter[] {
  return Array.from({length: count}, (_, at) => [
    {index: 2 * at, name: `layer${at}/kernel`, layer: `layer${at}`, layerClass, shape: [width, width], kind: 'dense' as const, site: {file: '/train.js', line: 10 + at, column: 3}},
    {index: 2 * at + 1, name: `layer${at}/bias`, layer: `layer${at}`, layerClass, shape: [width], kind: 'vector' as const, site: {file: '/train.js', line: 10 + at, column: 3}},
  ]).flat();
}

/** A step with these gradient norms; NaN stands for a gradient that is all NaN. */
export function stepOf(step: number, norms: number[], loss: number | null, rate = 0.01): StepObservation {
  const moments = new Float64Array(norms.length * MOMENT_COLUMNS);
  norms.forEach((norm, row) => {
    const at = row * MOMENT_COLUMNS;
    moments[at + moment.count] = 16;
    moments[at + moment.finite] = Number.isNaN(norm) ? 0 : 16;
    moments[at + moment.nan] = Number.isNaN(norm) ? 16 : 0;
    moments[at + moment.norm] = Number.isNaN(norm) ? 0 : norm;
    moments[at + moment.zeros] = norm === 0 ? 16 : 0;
  });
  return {
    step, loss: loss ?? NaN, hasLoss: loss !== null, learningRate: rate, optimizer: 0, thread: 0,
    parameters: norms.map((_, at) => at), moments, tensors: 10, bytes: 1000,
  };
}

/** Numbers with a log-normal noise that is the same in every run of the tests. */
export function noise(sigma: number, seed = 1): () => number {
  let state = seed;
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  return () => Math.exp(sigma * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}
